//! What a collection holds: read, and never written.

use super::input::Vocabulary;
use super::run::Place;
use super::{Verdict, hold};
use skillmeat_engine::artifact::Frontmatter;
use skillmeat_engine::collection::Collection;
use skillmeat_engine::error::Code;
use skillmeat_engine::fs::Root;

pub(super) const COLLECTION: Vocabulary = Vocabulary {
    headers: &[
        "[collection]",
        "[[artifacts]]",
        "[[artifacts]]",
        "[artifacts.metadata]",
        "[artifacts]",
        "[[groups]]",
        "artifacts = []",
    ],
    keys: &[
        "name",
        "name",
        "type",
        "type",
        "path",
        "path",
        "origin",
        "added",
        "tags",
        "uuid",
        "resolved_version",
        "version",
        "title",
        "description",
        "author",
        "license",
        "metadata",
    ],
    values: &[
        "\"skill\"",
        "\"command\"",
        "\"agent\"",
        "\"hook\"",
        "\"workflow\"",
        "\"skills/real\"",
        "\"elsewhere/a\"",
        "\"commands/real.md\"",
        "\"agents\\\\pm\\\\w.md\"",
        "\"real\"",
        "\"local\"",
        "[\"a\", \"b\"]",
        "\"6f9619ff8b86d011b42d00cf4fc964ff\"",
        "{ title = \"T\", tags = [\"x\"] }",
        "\"skills\"",
        "\"skills/real/..\"",
    ],
    between: " = ",
};

pub(super) const FRONTMATTER: Vocabulary = Vocabulary {
    headers: &["---", "---", "...", "# A heading", ""],
    keys: &[
        "name",
        "description",
        "tags",
        "tools",
        "allowed-tools",
        "model",
        "version",
        "metadata",
        "  author",
        "\ttab",
        "- item",
        "<<",
        "? key",
        "hooks",
    ],
    values: &[
        "review",
        "Use it when: the user asks",
        "[a, b]",
        "\"quoted: text\"",
        "'it''s'",
        ">-\n  folded\n  text",
        "|\n  literal",
        "\n  - a\n  - b",
        "{ a: 1, b: [c] }",
        "*anchor",
        "&anchor x",
        "!tag x",
        "@mention",
        "1.20",
        "yes",
        "~",
        "2026-01-01",
        "Bash(git:*), Read",
        "\"never closed",
        "[never, closed",
    ],
    between: ": ",
};

pub(super) fn collection(place: &Place, bytes: &[u8]) -> Verdict {
    const FILE: &str = "collections/c/collection.toml";
    place.put(FILE, bytes);
    place.put("collections/c/skills/real/SKILL.md", b"---\nname: real\n---\n");
    place.put("collections/c/commands/real.md", b"Do it.\n");
    let home = Root::open(place.path()).unwrap();
    let opened = Collection::open(&home, "c").map_err(|error| error.to_string())?;
    let listing = opened.list();
    for problem in &listing.problems {
        hold!(!problem.message.contains('\n') || problem.code == Code::InvalidName, "two lines: {problem:?}");
    }
    for found in &listing.artifacts {
        let path = found.path.as_str();
        let bad = |part: &str| part.is_empty() || part == "." || part == "..";
        hold!(!path.starts_with('/') && !path.split('/').any(bad), "an artifact lies at {path:?}");
        opened.describe(found);
    }
    let real = |path: &str| listing.artifacts.iter().any(|found| found.path.as_str() == path);
    hold!(real("skills/real") && real("commands/real.md"), "what lies on disk is not listed: {listing:?}");
    hold!(place.get(FILE) == bytes, "the file was written");
    Ok(())
}

pub(super) fn frontmatter(_: &Place, bytes: &[u8]) -> Verdict {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let front = Frontmatter::parse(&text);
    hold!(text.ends_with(front.body), "the body is not the end of the text");
    hold!(front.present || front.entries.is_empty(), "properties without frontmatter");
    let said: usize = front.properties().iter().map(|(key, value)| key.len() + value.len()).sum();
    hold!(said <= 64 * 1024 + 16 * text.len(), "{said} bytes of properties from {} bytes", text.len());
    Ok(())
}
