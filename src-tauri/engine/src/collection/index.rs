//! `collection.toml`, read entry by entry: one bad entry costs only itself.

use super::FILE_NAME;
use crate::artifact::merge_tags;
use crate::error::{Code, Error, Problem, Remedy, Result, Severity, parser_reason};
use crate::fs::Root;
use crate::id::ArtifactKind;
use crate::path::RelPath;
use std::collections::BTreeMap;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A larger file is refused: 16 MiB.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// What `collection.toml` says about one artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectionEntry {
    /// The kind.
    pub kind: ArtifactKind,
    /// The leaf name, as SkillMeat calls it.
    pub name: String,
    /// Where it is, relative to the collection.
    pub path: RelPath,
    /// A title to show.
    pub title: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Author.
    pub author: Option<String>,
    /// Licence.
    pub license: Option<String>,
    /// The version to show: the resolved one, else the one stated.
    pub version: Option<String>,
    /// Tags, in order, each once.
    pub tags: Vec<String>,
    /// Where it came from: `local`, `github`, `marketplace`.
    pub origin: Option<String>,
    /// Stable identity: 32 hexadecimal digits.
    pub uuid: Option<String>,
}

impl CollectionEntry {
    /// Reads one entry; `None` for a type that is valid in SkillMeat and not listed here.
    fn read(table: &DeTable<'_>) -> Result<Option<Self>, String> {
        let required =
            |key: &str| text(table, key).ok_or_else(|| format!("“{key}” is missing or not a text"));
        let (kind, name, path) = (required("type")?, required("name")?, required("path")?);
        let Some(kind) = ArtifactKind::parse(&kind).filter(|kind| is_listed(*kind)) else {
            return Ok(None);
        };
        // SkillMeat writes the separators of the system it runs on.
        let path =
            RelPath::new(path.replace('\\', "/").trim_end_matches('/')).map_err(|error| error.to_string())?;
        let metadata = table.get("metadata").and_then(|value| value.get_ref().as_table());
        let stated = |key: &str| metadata.and_then(|metadata| text(metadata, key));
        let mut tags = Vec::new();
        merge_tags(&mut tags, texts(table, "tags"));
        merge_tags(&mut tags, metadata.map(|metadata| texts(metadata, "tags")).unwrap_or_default());
        Ok(Some(Self {
            kind,
            name,
            path,
            title: stated("title"),
            description: stated("description"),
            author: stated("author"),
            license: stated("license"),
            version: text(table, "resolved_version")
                .or_else(|| text(table, "version"))
                .or_else(|| stated("version")),
            tags,
            origin: text(table, "origin"),
            uuid: text(table, "uuid").and_then(|uuid| plain_uuid(&uuid)),
        }))
    }
}

/// The kinds that a collection lists so far.
pub(super) fn is_listed(kind: ArtifactKind) -> bool {
    super::walk::FOLDERS.iter().any(|(listed, _)| *listed == kind)
}

/// Everything `collection.toml` says.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) entries: Vec<CollectionEntry>,
    pub(super) problems: Vec<Problem>,
}

impl Index {
    /// Reads the file of a collection; without one there are no entries.
    pub(super) fn read(root: &Root) -> Self {
        let read = || match root.read(&RelPath::new(FILE_NAME)?, MAX_BYTES) {
            Ok(Some(bytes)) => {
                String::from_utf8(bytes).map_err(|_| invalid(root, "it is not valid UTF-8")).map(Some)
            }
            Ok(None) => Ok(None),
            Err(Error::SourceTooLarge { .. }) => Err(invalid(root, "it is larger than 16 MiB")),
            Err(error) => Err(error),
        };
        match read() {
            Ok(None) => Self::default(),
            Ok(Some(text)) => {
                Self::parse(&text).unwrap_or_else(|reason| Self::failed(&invalid(root, &reason)))
            }
            Err(error) => Self::failed(&error),
        }
    }

    fn failed(error: &Error) -> Self {
        Self { entries: Vec::new(), problems: vec![error.to_problem()] }
    }

    fn parse(source: &str) -> Result<Self, String> {
        let source = source.strip_prefix('\u{feff}').unwrap_or(source);
        if source.trim().is_empty() {
            return Err("it is empty, as after a write that was cut off".to_owned());
        }
        let parsed =
            DeTable::parse(source).map_err(|error| parser_reason(source, error.message(), error.span()))?;
        let artifacts = match parsed.get_ref().get("artifacts").map(Spanned::get_ref) {
            None => return Ok(Self::default()),
            Some(DeValue::Array(artifacts)) => artifacts,
            Some(_) => return Err("“artifacts” is not a list".to_owned()),
        };
        let mut index = Self::default();
        let mut others = BTreeMap::<String, u64>::new();
        for (position, value) in artifacts.iter().enumerate() {
            let table = value.get_ref().as_table();
            match table.map_or_else(|| Err("it is not a table".to_owned()), CollectionEntry::read) {
                Ok(Some(entry)) => index.entries.push(entry),
                Ok(None) => {
                    let kind = table.and_then(|table| text(table, "type")).unwrap_or_default();
                    *others.entry(kind).or_default() += 1;
                }
                Err(reason) => {
                    let line =
                        source.get(..value.span().start).map_or(0, |before| before.matches('\n').count()) + 1;
                    index.problems.push(bad_entry(position + 1, line, &reason));
                }
            }
        }
        index.problems.extend(others.iter().map(|(kind, count)| not_listed(kind, *count)));
        Ok(index)
    }
}

fn invalid(root: &Root, reason: &str) -> Error {
    Error::CollectionInvalid { path: root.path().join(FILE_NAME), reason: reason.to_owned() }
}

fn bad_entry(number: usize, line: usize, reason: &str) -> Problem {
    let message = format!(
        "Entry {number} of {FILE_NAME} (line {line}) is left out: {reason}. The other entries count."
    );
    Problem::new(Code::CollectionInvalid, Severity::Refusal, message)
        .about(FILE_NAME)
        .with_remedy(Remedy::Repair)
}

fn not_listed(kind: &str, count: u64) -> Problem {
    let entries = if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") };
    let message = format!("{FILE_NAME} has {entries} of type “{kind}”, which is not shown here yet.");
    Problem::new(Code::UnsupportedKind, Severity::Notice, message).about(FILE_NAME)
}

/// The text under `key`, trimmed; none when it is blank or no text.
fn text(table: &DeTable<'_>, key: &str) -> Option<String> {
    let text = table.get(key)?.get_ref().as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The texts of the list under `key`; anything else in it is left out.
fn texts(table: &DeTable<'_>, key: &str) -> Vec<String> {
    let list = table.get(key).and_then(|value| value.get_ref().as_array());
    list.into_iter()
        .flat_map(|list| list.iter())
        .filter_map(|item| Some(item.get_ref().as_str()?.to_owned()))
        .collect()
}

fn plain_uuid(text: &str) -> Option<String> {
    let plain = text.replace('-', "").to_ascii_lowercase();
    (plain.len() == 32 && plain.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn an_entry_is_read_in_full() {
        let index = Index::parse(
            "[collection]\nname = \"default\"\n\n[[artifacts]]\nname = \"prd-writer\"\ntype = \"agent\"\n\
             path = \"agents\\\\pm\\\\prd-writer.md\"\norigin = \"github\"\nadded = \"2026-01-01T00:00:00\"\n\
             resolved_version = \"v2\"\ntags = [\"pm\", \" docs \", \"pm\", 3]\nuuid = \"6F9619FF-8B86-D011-B42D-00CF4FC964FF\"\n\
             unknown = 1979-05-27\n[artifacts.metadata]\ntitle = \"PRD writer\"\nversion = \"1\"\ntags = [\"docs\", \"x\"]\n",
        )
        .unwrap();
        assert_eq!(index.problems, []);
        let [entry] = index.entries.as_slice() else { panic!("{:?}", index.entries) };
        assert_eq!((entry.kind, entry.name.as_str()), (ArtifactKind::Agent, "prd-writer"));
        assert_eq!(entry.path.as_str(), "agents/pm/prd-writer.md");
        assert_eq!((entry.title.as_deref(), entry.description.as_deref()), (Some("PRD writer"), None));
        assert_eq!((entry.version.as_deref(), entry.origin.as_deref()), (Some("v2"), Some("github")));
        assert_eq!(entry.tags, ["pm", "docs", "x"]);
        assert_eq!(entry.uuid.as_deref(), Some("6f9619ff8b86d011b42d00cf4fc964ff"));
    }

    #[test]
    fn inline_entries_are_entries() {
        let text = "artifacts = [\n  { name = \"a\", type = \"skill\", path = \"skills/a\" },\n  \
                    { name = \"b\", type = \"command\", path = \"commands/b.md\" },\n]\n[collection]\nname = \"x\"\n";
        assert_eq!(Index::parse(text).unwrap().entries.len(), 2);
        assert!(Index::parse("artifacts = []\n\n[collection]\nname = \"x\"\n").unwrap().entries.is_empty());
    }

    #[rstest]
    #[case("name = \"a\"\ntype = \"skill\"", "“path” is missing")]
    #[case("name = 3\ntype = \"skill\"\npath = \"skills/a\"", "“name” is missing or not a text")]
    #[case("name = \"a\"\ntype = \"skill\"\npath = \"../../etc\"", "“.” or “..”")]
    #[case("name = \"a\"\ntype = \"skill\"\npath = \"/etc\"", "absolute")]
    fn a_bad_entry_costs_only_itself(#[case] bad: &str, #[case] why: &str) {
        let good = "name = \"b\"\ntype = \"skill\"\npath = \"skills/b\"";
        let index = Index::parse(&format!("[[artifacts]]\n{bad}\n[[artifacts]]\n{good}\n")).unwrap();
        assert_eq!(index.entries.len(), 1);
        let [problem] = index.problems.as_slice() else { panic!("{:?}", index.problems) };
        assert_eq!(problem.code, Code::CollectionInvalid);
        assert!(problem.message.contains("Entry 1") && problem.message.contains(why), "{}", problem.message);
    }

    #[test]
    fn types_that_are_not_shown_are_counted() {
        let entry = |kind: &str| format!("[[artifacts]]\nname = \"a\"\ntype = \"{kind}\"\npath = \"x/a\"\n");
        let index = Index::parse(&[entry("workflow"), entry("hook"), entry("workflow")].concat()).unwrap();
        let messages: Vec<&str> = index.problems.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(messages.len(), 2, "{messages:?}");
        assert!(
            messages[0].contains("1 entry of type “hook”")
                && messages[1].contains("2 entries of type “workflow”")
        );
    }

    #[rstest]
    #[case("[[artifacts]\n", "line 1, column")]
    #[case("artifacts = 3\n", "not a list")]
    #[case("  \n", "empty")]
    #[case("a = 1\na = 2\n", "duplicate key")]
    fn a_file_that_does_not_parse_is_one_reason_in_one_line(#[case] text: &str, #[case] want: &str) {
        let reason = Index::parse(text).unwrap_err();
        assert!(reason.contains(want) && !reason.contains('\n'), "{reason}");
    }
}
