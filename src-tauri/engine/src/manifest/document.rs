//! The file as a document that is edited in place.

use super::record::{BadRecord, Record};
use crate::error::parser_reason;
use crate::path::RelPath;
use toml_edit::{Array, ArrayOfTables, Document, DocumentMut, Item, Table, TableLike, Value, value};

const RECORDS: &str = "deployed";

/// A manifest: its good records, its bad ones, and the text they stand in.
#[derive(Debug, Clone)]
pub struct Manifest {
    document: DocumentMut,
    profile_root: RelPath,
    /// One per table of the file, in its order.
    slots: Vec<Slot>,
    bad: Vec<BadRecord>,
}

#[derive(Debug, Clone)]
enum Slot {
    Good(Record),
    /// Names the same copy as an earlier record; reported as bad, and removed together with that one.
    Repeated(Record),
    Bad,
}

impl Slot {
    fn record(&self) -> Option<&Record> {
        match self {
            Self::Good(record) | Self::Repeated(record) => Some(record),
            Self::Bad => None,
        }
    }
}

impl Manifest {
    /// A manifest without records, for a profile root that has none yet.
    pub fn empty(profile_root: &RelPath) -> Self {
        Self {
            document: DocumentMut::new(),
            profile_root: profile_root.clone(),
            slots: Vec::new(),
            bad: Vec::new(),
        }
    }

    /// Reads the text of a manifest that lies in `profile_root`.
    ///
    /// # Errors
    /// What the parser says, with its position, when the text as a whole is not a manifest.
    pub fn parse(text: &str, profile_root: &RelPath) -> Result<Self, String> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let parsed = Document::parse(text.to_owned())
            .map_err(|error| parser_reason(text, error.message(), error.span()))?;
        let (mut slots, mut bad) = (Vec::<Slot>::new(), Vec::new());
        for (index, (table, start)) in tables(parsed.get(RECORDS))?.into_iter().enumerate() {
            let (slot, reason) = match Record::read(table, profile_root) {
                Ok(record)
                    if slots.iter().filter_map(Slot::record).any(|other| other.same_place(&record)) =>
                {
                    let reason = format!("another record names {} too", record.artifact_path);
                    (Slot::Repeated(record), Some(reason))
                }
                Ok(record) => (Slot::Good(record), None),
                Err(reason) => (Slot::Bad, Some(reason)),
            };
            slots.push(slot);
            bad.extend(reason.map(|reason| BadRecord {
                number: index + 1,
                line: start.and_then(|start| Some(text.get(..start)?.matches('\n').count() + 1)),
                name: table.get("artifact_name").and_then(|name| name.as_str()).map(str::to_owned),
                reason,
            }));
        }
        Ok(Self { document: parsed.into_mut(), profile_root: profile_root.clone(), slots, bad })
    }

    /// The good records, in the order of the file.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.slots.iter().filter_map(|slot| match slot {
            Slot::Good(record) => Some(record),
            Slot::Repeated(_) | Slot::Bad => None,
        })
    }

    /// The records that are kept and never acted on.
    pub fn bad_records(&self) -> &[BadRecord] {
        &self.bad
    }

    /// Writes a record: in the place of the one with the same key, else at the end.
    ///
    /// As SkillMeat does on a redeploy, lineage, parent and the time of a detected modification start anew.
    pub fn upsert(&mut self, mut record: Record) {
        let repeats = |other: &Record| {
            !other.same_place(&record)
                && (&other.artifact_name, other.kind, &other.profile_id)
                    == (&record.artifact_name, record.kind, &record.profile_id)
        };
        if self.records().any(repeats)
            && let Ok(id) = record.path_id()
        {
            id.path().clone_into(&mut record.artifact_name);
        }
        let known =
            self.slots.iter().position(|slot| slot.record().is_some_and(|other| other.same_place(&record)));
        let profile_root = self.profile_root.clone();
        let Some(tables) = self.tables_mut() else { return };
        if let Some(index) = known {
            if let Some(table) = tables.get_mut(index) {
                write(table, &record, &profile_root);
            }
            self.slots[index] = Slot::Good(record);
        } else {
            let mut table = Table::new();
            write(&mut table, &record, &profile_root);
            if !tables.is_empty() {
                table.decor_mut().set_prefix("\n");
            }
            tables.push(table);
            self.slots.push(Slot::Good(record));
        }
    }

    /// Removes every record that names one of the given copies for the same profile.
    pub fn remove(&mut self, gone: &[Record]) {
        let is_gone = |slot: &Slot| {
            slot.record().is_some_and(|record| gone.iter().any(|other| other.same_place(record)))
        };
        let removed: Vec<bool> = self.slots.iter().map(is_gone).collect();
        let Some(tables) = self.tables_mut() else { return };
        let comments = comments_of_removed(tables, &removed);
        let mut index = 0;
        tables.retain(|_| {
            index += 1;
            !removed[index - 1]
        });
        if tables.is_empty() {
            self.document.remove(RECORDS);
        }
        if !comments.is_empty() {
            let trailing = self.document.trailing().as_str().unwrap_or_default();
            let trailing = format!("{comments}{trailing}");
            self.document.set_trailing(trailing);
        }
        self.slots.retain(|slot| !is_gone(slot));
    }

    /// The new text; `None` when nothing is left, so that the file should go.
    pub fn render(&self) -> Option<String> {
        let text = self.document.to_string();
        (!text.trim().is_empty()).then_some(text)
    }

    /// The records as `[[deployed]]` tables; `deployed = [{…}]` is turned into them, since only they can be
    /// edited in place.
    fn tables_mut(&mut self) -> Option<&mut ArrayOfTables> {
        let item = self.document.entry(RECORDS).or_insert(Item::None);
        if !item.is_array_of_tables() {
            let inline = item.as_array().into_iter().flatten().filter_map(Value::as_inline_table).cloned();
            *item = Item::ArrayOfTables(inline.map(toml_edit::InlineTable::into_table).collect());
        }
        item.as_array_of_tables_mut()
    }
}

/// Hands the comments above each removed table to the next one that stays, and gives those that none is left for.
fn comments_of_removed(tables: &mut ArrayOfTables, removed: &[bool]) -> String {
    let mut comments = String::new();
    for (table, removed) in tables.iter_mut().zip(removed) {
        let prefix = table.decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default();
        let commented = prefix.contains('#');
        if *removed && commented {
            comments.push_str(prefix);
        } else if !removed && !comments.is_empty() {
            let prefix = format!("{comments}{prefix}");
            table.decor_mut().set_prefix(prefix);
            comments.clear();
        }
    }
    comments
}

/// A record's table with the offset at which it starts.
type Located<'a> = (&'a dyn TableLike, Option<usize>);

/// The records' tables, in the order of the file.
fn tables(item: Option<&Item>) -> Result<Vec<Located<'_>>, String> {
    match item {
        None => Ok(Vec::new()),
        Some(Item::ArrayOfTables(tables)) => Ok(tables
            .iter()
            .map(|table| (table as &dyn TableLike, table.span().map(|span| span.start)))
            .collect()),
        Some(Item::Value(Value::Array(array))) => array
            .iter()
            .map(|value| {
                let table = value.as_inline_table().ok_or("“deployed” holds something that is no record")?;
                Ok((table as &dyn TableLike, table.span().map(|span| span.start)))
            })
            .collect(),
        Some(_) => Err(format!("“{RECORDS}” is not a list of records")),
    }
}

/// Writes the fields in SkillMeat's order; a key that is there keeps its place and its comments.
fn write(table: &mut Table, record: &Record, profile_root: &RelPath) {
    let mut set = |key: &str, new: Value| match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            let decor = old.decor().clone();
            *old = new;
            *old.decor_mut() = decor;
        }
        None => {
            table.insert(key, value(new));
        }
    };
    let hash = record.content_hash.as_str();
    set("artifact_name", record.artifact_name.as_str().into());
    set("artifact_type", record.kind.as_str().into());
    set("from_collection", record.from_collection.as_str().into());
    set("deployed_at", record.deployed_at.as_str().into());
    set("artifact_path", record.artifact_path.as_str().into());
    set("content_hash", hash.into());
    set("local_modifications", false.into());
    set("version_lineage", Value::Array(Array::from_iter([hash])));
    set("merge_base_snapshot", hash.into());
    set("deployment_profile_id", record.profile_id.as_str().into());
    if let Some(platform) = &record.platform {
        set("platform", platform.as_str().into());
    }
    set("profile_root_dir", profile_root.as_str().into());
    if let Some(uuid) = &record.artifact_uuid {
        set("artifact_uuid", uuid.as_str().into());
    }
    set("collection_sha", hash.into());
    for stale in ["parent_hash", "modification_detected_at"] {
        table.remove(stale);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{ArtifactKind, ContentHash};
    use rstest::rstest;

    const HASH: &str = "97a90288b4bdf661970187fd6d79ddb859cd1d9d06d500438afa1f13c557a69e";
    const FOREIGN: &str = r#"# kept by hand
schema = 9

[[deployed]]
artifact_name = "review" # the good one
artifact_type = "skill"
from_collection = "default"
deployed_at = "2026-02-11T10:30:00.123456"
artifact_path = "skills/review"
content_hash = "97a90288b4bdf661970187fd6d79ddb859cd1d9d06d500438afa1f13c557a69e"
local_modifications = false
note = "ours to keep"

[[deployed]]
artifact_name = "broken"
artifact_type = "spaceship"

[other]
x = 1
"#;

    fn root() -> RelPath {
        RelPath::new(".claude").unwrap()
    }

    fn record(name: &str, path: &str) -> Record {
        Record {
            artifact_name: name.into(),
            kind: if path.starts_with("skills") { ArtifactKind::Skill } else { ArtifactKind::Agent },
            from_collection: "default".into(),
            deployed_at: "2026-02-11T10:30:00.000000+00:00".into(),
            artifact_path: RelPath::new(path).unwrap(),
            content_hash: ContentHash::parse(HASH).unwrap(),
            profile_id: "claude_code".into(),
            platform: Some("claude_code".into()),
            artifact_uuid: None,
        }
    }

    #[test]
    fn a_bad_record_is_reported_with_its_line_and_the_rest_works() {
        let manifest = Manifest::parse(FOREIGN, &root()).unwrap();
        assert_eq!(manifest.records().count(), 1);
        assert_eq!(
            manifest.records().next().unwrap().profile_id,
            "claude_code",
            "no profile means claude_code"
        );
        let bad = &manifest.bad_records()[0];
        assert_eq!((bad.number, bad.line, bad.name.as_deref()), (2, Some(14), Some("broken")));
    }

    #[test]
    fn everything_foreign_survives_an_edit() {
        let mut manifest = Manifest::parse(FOREIGN, &root()).unwrap();
        manifest.upsert(record("review", "skills/review"));
        manifest.upsert(record("new", "skills/new"));
        insta::assert_snapshot!(manifest.render().unwrap());
        manifest.remove(&[record("new", "skills/new"), record("review", "skills/review")]);
        let left = manifest.render().unwrap();
        for kept in ["# kept by hand", "schema = 9", "spaceship", "[other]"] {
            assert!(left.contains(kept), "{kept} in {left}");
        }
    }

    #[test]
    fn the_last_record_takes_the_file_with_it() {
        let mut manifest = Manifest::empty(&root());
        manifest.upsert(record("review", "skills/review"));
        let text = manifest.render().unwrap();
        let mut again = Manifest::parse(&text, &root()).unwrap();
        assert!(again.records().eq(manifest.records()));
        again.remove(&[record("review", "skills/review")]);
        assert_eq!(again.render(), None);
        let mut written_empty = Manifest::parse("deployed = []\n", &root()).unwrap();
        written_empty.upsert(record("review", "skills/review"));
        assert_eq!(Manifest::parse(&written_empty.render().unwrap(), &root()).unwrap().records().count(), 1);
    }

    #[test]
    fn inline_records_are_read_and_edited() {
        let text = format!(
            "deployed = [{{artifact_name='a', artifact_type='skill', artifact_path='skills/a', collection_sha='{HASH}'}}]\n"
        );
        let mut manifest = Manifest::parse(&text, &root()).unwrap();
        assert_eq!(manifest.records().count(), 1);
        manifest.upsert(record("b", "skills/b"));
        let again = Manifest::parse(&manifest.render().unwrap(), &root()).unwrap();
        assert_eq!(again.records().count(), 2);
    }

    #[test]
    fn a_leaf_name_that_another_record_has_is_told_apart_by_its_namespace() {
        let mut manifest = Manifest::empty(&root());
        manifest.upsert(record("writer", "agents/pm/writer.md"));
        manifest.upsert(record("writer", "agents/docs/writer.md"));
        let names: Vec<_> = manifest.records().map(|record| record.artifact_name.as_str()).collect();
        assert_eq!(names, ["writer", "docs/writer"]);
    }

    #[rstest]
    #[case("../../victim")]
    #[case(".")]
    #[case("skills")]
    #[case("/etc")]
    #[case("skills/..")]
    #[case(".skillmeat-stage/x")]
    #[case("skills\\x")]
    #[case("skills/con")]
    fn a_record_that_leads_astray_is_bad(#[case] path: &str) {
        let text = format!(
            "[[deployed]]\nartifact_name='a'\nartifact_type='skill'\nartifact_path='{path}'\ncontent_hash='{HASH}'\n"
        );
        let manifest = Manifest::parse(&text, &root()).unwrap();
        assert_eq!(manifest.records().count(), 0);
        assert_eq!(manifest.bad_records().len(), 1);
    }

    #[test]
    fn a_record_of_another_profile_root_is_bad() {
        for (named, good) in [(".claude/", 1), ("..", 0), (".", 0), (".codex", 0)] {
            let text = format!(
                "[[deployed]]\nartifact_name='a'\nartifact_type='skill'\nartifact_path='skills/a'\n\
                 content_hash='{HASH}'\nprofile_root_dir='{named}'\n"
            );
            assert_eq!(Manifest::parse(&text, &root()).unwrap().records().count(), good, "{named}");
        }
    }

    #[test]
    fn two_records_of_one_copy_are_one_record_and_a_report() {
        let one = format!(
            "[[deployed]]\nartifact_name='a'\nartifact_type='skill'\nartifact_path='skills/A'\ncontent_hash='{HASH}'\n"
        );
        let mut manifest = Manifest::parse(&format!("{one}{one}"), &root()).unwrap();
        assert_eq!((manifest.records().count(), manifest.bad_records().len()), (1, 1));
        let record = manifest.records().next().unwrap().clone();
        manifest.remove(&[record]);
        assert_eq!(manifest.render(), None);
    }

    #[test]
    fn a_text_that_is_no_manifest_is_refused() {
        assert!(Manifest::parse("deployed = 3", &root()).is_err());
        assert!(Manifest::parse("[[deployed]\n", &root()).unwrap_err().contains("line 1"));
    }
}
