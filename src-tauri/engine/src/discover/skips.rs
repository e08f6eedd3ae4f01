//! What a person does not want to be offered for import.
//!
//! SkillMeat's `.skillmeat_skip_prefs.toml` in a profile root: `[metadata]` with `version` and `last_updated`, and
//! `[[skips]]` with `artifact_key` (`type:name`), `skip_reason` and `added_date`. Foreign keys and comments survive. A
//! file that does not parse is a problem and is never written: what it says is not nothing.

use crate::error::{Error, Result};
use crate::fs::Root;
use crate::id::ArtifactId;
use crate::path::RelPath;
use crate::toml_text::{Listed, Parsed, set};
use toml_edit::{Item, Table, TableLike};

/// The file's name in a profile root.
pub const SKIPS: &str = ".skillmeat_skip_prefs.toml";
const LIST: &str = "skips";
/// A larger file is refused: 1 MiB.
const MAX_BYTES: u64 = 1024 * 1024;

/// The list of one profile root.
#[derive(Debug)]
pub struct Skips {
    text: Listed,
    keys: Vec<String>,
    path: RelPath,
    changed: bool,
}

impl Skips {
    /// Reads the list of a profile root; without a file nothing is skipped.
    ///
    /// # Errors
    /// `config-invalid` when the file does not parse; `io` and its relatives.
    pub fn read(project: &Root, profile_root: &RelPath) -> Result<Self> {
        let path = profile_root.child(SKIPS)?;
        let invalid = |reason: String| Error::ConfigInvalid { path: project.absolute(&path), reason };
        let bytes = match project.read(&path, MAX_BYTES) {
            Err(Error::SourceTooLarge { .. }) => return Err(invalid("it is larger than 1 MiB".to_owned())),
            other => other?,
        };
        let Some(bytes) = bytes else {
            return Ok(Self { text: Listed::empty(LIST), keys: Vec::new(), path, changed: false });
        };
        let text = String::from_utf8(bytes).map_err(|_| invalid("it is not valid UTF-8".to_owned()))?;
        if text.trim().is_empty() {
            return Err(invalid("it is empty, as after a write that was cut off".to_owned()));
        }
        let parsed = Parsed::of(&text, LIST).map_err(invalid)?;
        let key = |table: &dyn TableLike| {
            table.get("artifact_key").and_then(Item::as_str).unwrap_or_default().to_owned()
        };
        let keys = parsed.tables().map_err(invalid)?.into_iter().map(|(table, _)| key(table)).collect();
        Ok(Self { text: parsed.into_listed(), keys, path, changed: false })
    }

    /// Whether an artifact is skipped. SkillMeat knows leaf names only, so these count as well.
    pub fn has(&self, id: &ArtifactId) -> bool {
        let leaf = format!("{}:{}", id.kind(), id.name());
        self.keys.iter().any(|key| *key == id.to_string() || *key == leaf)
    }

    /// Skips an artifact from now on, or no longer. `now` is ISO-8601.
    pub fn set(&mut self, id: &ArtifactId, skipped: bool, now: &str) {
        if skipped == self.has(id) {
            return;
        }
        self.changed = true;
        if skipped {
            let mut table = Table::new();
            set(&mut table, "artifact_key", id.to_string().into());
            set(&mut table, "skip_reason", "Skipped in SkillMeat Desktop".into());
            set(&mut table, "added_date", now.into());
            if self.text.push(table) {
                self.keys.push(id.to_string());
            }
        } else {
            let leaf = format!("{}:{}", id.kind(), id.name());
            let gone: Vec<bool> =
                self.keys.iter().map(|key| *key == id.to_string() || *key == leaf).collect();
            self.text.remove(&gone);
            self.keys.retain(|key| *key != id.to_string() && *key != leaf);
        }
        let metadata = self.text.around().entry("metadata").or_insert_with(|| Item::Table(Table::new()));
        if let Some(metadata) = metadata.as_table_like_mut() {
            if metadata.get("version").is_none() {
                set(metadata, "version", "1.0.0".into());
            }
            set(metadata, "last_updated", now.into());
        }
    }

    /// Whether it says something else than the file.
    pub fn is_changed(&self) -> bool {
        self.changed
    }

    /// Writes the file, in one step.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub fn write(&self, project: &Root) -> Result<()> {
        if let Some(folder) = self.path.parent() {
            project.create_folders(&folder)?;
        }
        project.write_atomic(&self.path, self.text.render().unwrap_or_default().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_edited_in_place_and_a_broken_one_never() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(".claude")).unwrap();
        let file = folder.path().join(".claude").join(SKIPS);
        let theirs = "# mine\n[metadata]\nversion = \"1.0.0\"\ntheirs = 1\n\n[[skips]]\nartifact_key = \"command:commit\"\n";
        std::fs::write(&file, theirs).unwrap();
        let (project, root) = (Root::open(folder.path()).unwrap(), RelPath::new(".claude").unwrap());
        let id = |text| ArtifactId::parse(text).unwrap();
        let mut skips = Skips::read(&project, &root).unwrap();
        assert!(skips.has(&id("command:git/commit")) && !skips.has(&id("skill:a")));
        skips.set(&id("skill:a"), true, "2026-03-01T12:00:00+00:00");
        skips.write(&project).unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("# mine\n[metadata]") && text.contains("theirs = 1"), "{text}");
        let mut again = Skips::read(&project, &root).unwrap();
        assert!(again.has(&id("skill:a")));
        again.set(&id("command:git/commit"), false, "2026-03-01T12:00:00+00:00");
        assert!(!again.has(&id("command:commit")) && again.has(&id("skill:a")));
        for broken in ["", "skips = 3", "x ="] {
            std::fs::write(&file, broken).unwrap();
            assert_eq!(Skips::read(&project, &root).unwrap_err().code(), crate::error::Code::ConfigInvalid);
        }
    }
}
