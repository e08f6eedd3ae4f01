//! What a collection holds, and what is not to be offered for import: what is edited stays what it was but for the edit.

use super::input::Vocabulary;
use super::run::Place;
use super::toml_text::{comments_survive, same, values, without};
use super::{Verdict, hold};
use skillmeat_engine::artifact::Frontmatter;
use skillmeat_engine::collection::{Collection, EntryEdit, EntryKey, Files, locked};
use skillmeat_engine::discover::Skips;
use skillmeat_engine::error::Code;
use skillmeat_engine::fs::Root;
use skillmeat_engine::id::{ArtifactId, ArtifactKind, ContentHash};
use skillmeat_engine::path::RelPath;

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

pub(super) const COLLECTION_LOCK: Vocabulary = Vocabulary {
    headers: &[
        "[lock]",
        "[lock.entries]",
        "[lock.entries.\"real::skill\"]",
        "[lock.entries.\"fuzzed::skill\"]",
        "[lock.entries.real]",
        "[[lock.entries]]",
        "[other]",
        "lock.entries = {}",
        "lock = { version = \"1.0.0\" }",
    ],
    keys: &[
        "version",
        "version",
        "content_hash",
        "content_hash",
        "fetched",
        "upstream",
        "resolved_sha",
        "\"real::skill\"",
        "entries",
        "lock",
    ],
    values: &[
        "\"1.0.0\"",
        "\"97a90288b4bdf661970187fd6d79ddb859cd1d9d06d500438afa1f13c557a69e\"",
        "\"2025-01-01T00:00:00.000000\"",
        "{ content_hash = \"x\", fetched = 3 }",
        "{ \"a::skill\" = { fetched = \"x\" } }",
        "[{ a = 1 }]",
    ],
    between: " = ",
};

pub(super) const SKIPS: Vocabulary = Vocabulary {
    headers: &["[metadata]", "[[skips]]", "[[skips]]", "[skips]", "[other]", "skips = []", "metadata = {}"],
    keys: &[
        "artifact_key",
        "artifact_key",
        "skip_reason",
        "added_date",
        "version",
        "last_updated",
        "skips",
        "metadata",
    ],
    values: &[
        "\"skill:real\"",
        "\"command:git/commit\"",
        "\"command:commit\"",
        "\"nothing\"",
        "\"1.0.0\"",
        "\"2025-01-01T00:00:00\"",
        "[{ artifact_key = \"skill:a\" }]",
        "[{ artifact_key = \"skill:a\", more = { a = 1 } }, 3]",
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

pub(super) fn collection_lock(place: &Place, bytes: &[u8]) -> Verdict {
    const FILE: &str = "collections/c/collection.lock";
    place.put(FILE, bytes);
    let root = Root::open(&place.path().join("collections/c")).unwrap();
    let path = RelPath::new("skills/fuzzed").unwrap();
    let key = EntryKey { kind: ArtifactKind::Skill, path };
    let told = locked(&root, &ArtifactId::parse("skill:real").unwrap());
    let files = match Files::read(&root) {
        Ok(files) => files,
        Err(error) => {
            hold!(error.code() == Code::CollectionInvalid, "{error}");
            hold!(!error.to_string().contains('\n'), "two lines: {error}");
            return Ok(());
        }
    };
    hold!(told.is_ok(), "it can be written and not be read: {told:?}");
    let before = std::str::from_utf8(bytes).map_err(|_| "read, and no UTF-8")?;
    let old = values(before).ok_or("read, and no TOML")?;
    let (hash, now) = (ContentHash::from_digest(&[7; 32]), skillmeat_tests::noon());
    let mut with = files.clone();
    with.put(&key, &EntryEdit::default(), Some(&hash), ("c", now));
    let text = with.lock_text().unwrap_or_default();
    let mut new = values(&text).ok_or_else(|| format!("what is written is no TOML:\n{text}"))?;
    place.put(FILE, text.as_bytes());
    let told = locked(&root, &ArtifactId::parse("skill:fuzzed").unwrap())
        .map_err(|error| format!("unreadable: {error}"))?;
    let told = told.and_then(|told| told.content_hash);
    hold!(told.as_deref() == Some(hash.as_str()), "it says {told:?} of what was written:\n{text}");
    same("put", &ours_out(old.clone()), &ours_out(new.clone()))?;
    comments_survive("put", before, &text)?;

    with.remove(&key, ("c", now));
    let left = with.lock_text().unwrap_or_default();
    new = values(&left).ok_or_else(|| format!("what is written is no TOML:\n{left}"))?;
    let there = new.get("lock").and_then(|lock| lock.get("entries")?.get("fuzzed::skill"));
    hold!(there.is_none(), "it is still there:\n{left}");
    same("put and remove", &ours_out(old), &ours_out(new))?;
    Ok(())
}

/// Without our entry, and what was made to hold it.
fn ours_out(mut table: toml::Table) -> toml::Table {
    if let Some(lock) = table.get_mut("lock").and_then(toml::Value::as_table_mut) {
        if let Some(entries) = lock.get_mut("entries").and_then(toml::Value::as_table_mut) {
            entries.remove("fuzzed::skill");
        }
        lock.retain(|key, value| key != "version" && !value.as_table().is_some_and(toml::Table::is_empty));
    }
    table.retain(|key, value| key != "lock" || !value.as_table().is_some_and(toml::Table::is_empty));
    table
}

pub(super) fn skips(place: &Place, bytes: &[u8]) -> Verdict {
    const FILE: &str = "project/.claude/.skillmeat_skip_prefs.toml";
    place.put(FILE, bytes);
    let project = Root::open(&place.path().join("project")).unwrap();
    let root = RelPath::new(".claude").unwrap();
    let new = ArtifactId::parse("agent:only/in-this-test").unwrap();
    let mut list = match Skips::read(&project, &root) {
        Ok(list) => list,
        Err(error) => {
            hold!(error.code() == Code::ConfigInvalid, "{error}");
            hold!(!error.to_string().contains('\n'), "two lines: {error}");
            hold!(place.get(FILE) == bytes, "a list that cannot be read was written");
            return Ok(());
        }
    };
    let before = std::str::from_utf8(bytes).map_err(|_| "read, and no UTF-8")?;
    let old = values(before).ok_or("read, and no TOML")?;
    list.set(&new, true, "2026-03-01T12:00:00+00:00");
    hold!(list.has(&new) && list.is_changed(), "not skipped");
    list.write(&project).map_err(|error| format!("not written: {error}"))?;
    let with = String::from_utf8(place.get(FILE)).unwrap();
    let mut now = values(&with).ok_or_else(|| format!("what is written is no TOML:\n{with}"))?;
    let ours = |table: &toml::Table| {
        table.get("artifact_key").and_then(|key| key.as_str()) == Some("agent:only/in-this-test")
    };
    hold!(without(&mut now, "skips", ours) == 1, "not there once:\n{with}");
    same("skip", &dates_out(old.clone()), &dates_out(now))?;
    comments_survive("skip", before, &with)?;

    let mut list = Skips::read(&project, &root).map_err(|error| format!("unreadable now: {error}"))?;
    hold!(list.has(&new), "not found again");
    list.set(&new, false, "2026-03-01T12:00:00+00:00");
    list.write(&project).map_err(|error| format!("not written: {error}"))?;
    let left = String::from_utf8(place.get(FILE)).unwrap();
    let now = values(&left).ok_or_else(|| format!("what is written is no TOML:\n{left}"))?;
    same("skip and no longer", &dates_out(old), &dates_out(now))?;
    comments_survive("skip and no longer", before, &left)
}

/// Without what says when the list was changed, and what was made to hold that.
fn dates_out(mut table: toml::Table) -> toml::Table {
    if let Some(metadata) = table.get_mut("metadata").and_then(toml::Value::as_table_mut) {
        metadata.retain(|key, _| key != "version" && key != "last_updated");
        if metadata.is_empty() {
            table.remove("metadata");
        }
    }
    table
}
