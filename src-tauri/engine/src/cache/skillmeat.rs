//! SkillMeat's own database, `~/.skillmeat/cache/cache.db`: which projects, profiles, groups and sets it knows, and what it
//! says is deployed.
//!
//! It is opened read-only and as a file that does not change, so SQLite makes no file beside it and takes no lock. What a
//! crashed or running SkillMeat has not moved into the file yet (`-wal`) is read from a copy of both. Tables and columns
//! that its version does not have are nothing; text that is not what it should be is left out and counted.

mod profiles;
mod sets;

pub use profiles::ProfileEntry;
pub use sets::{DatabaseGroup, DatabaseMember, DatabaseSet};

use crate::clock::parse_iso;
use crate::error::{Error, Result};
use crate::fs::Root;
use crate::path::{RelPath, System};
use rusqlite::{Connection, OpenFlags};
use std::collections::BTreeMap;
use std::path::Path;

/// A larger database, or one with more in its log, is refused when it has to be copied: 512 MiB.
const MAX_COPY: u64 = 512 * 1024 * 1024;
/// Below which profile roots SkillMeat's entries may name a project.
const ROOTS: [&str; 4] = ["/.claude", "/.codex", "/.gemini", "/.cursor"];

/// What the database says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SkillMeatDatabase {
    /// Its projects, by path: name and number of deployments.
    pub projects: BTreeMap<String, (String, u64)>,
    /// What it says is deployed.
    pub deployments: Vec<Deployed>,
    /// Groups, by position.
    pub groups: Vec<DatabaseGroup>,
    /// Deployment sets, by name.
    pub sets: Vec<DatabaseSet>,
    /// Entries that could not be read, each by what it belongs to.
    pub skipped: Vec<String>,
    /// Profiles of projects.
    pub profiles: Vec<ProfileEntry>,
}

/// One deployment that the database names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deployed {
    /// The project's folder.
    pub project: String,
    /// The artifact, as `type:name`.
    pub artifact: String,
    /// The profile, where it says so.
    pub profile: Option<String>,
}

/// One entry of a `deployments_json`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    project: String,
    name: Option<String>,
    profile: Option<String>,
}

/// Reads the database at `file`. `desktop` is our own folder, for a copy where one is needed.
///
/// # Errors
/// `invalid-request` when it is no database of SkillMeat's; `source-too-large`; `io` and its relatives.
pub fn read_skillmeat(file: &Path, desktop: &Path) -> Result<SkillMeatDatabase> {
    let invalid = |error: &rusqlite::Error| Error::InvalidRequest {
        reason: format!("{} cannot be read as SkillMeat's database: {error}.", file.display()),
    };
    let (folder, name) = file
        .parent()
        .zip(file.file_name().and_then(|name| name.to_str()))
        .ok_or_else(|| Error::InvalidRequest { reason: format!("{} is no file.", file.display()) })?;
    let (root, name) = (Root::open(folder)?, RelPath::new(name)?);
    if !root.is_file(&name) {
        return Err(Error::io("read", file, std::io::ErrorKind::NotFound.into()));
    }
    let log = RelPath::new(format!("{name}-wal"))?;
    if root.entry(&log)?.is_none_or(|log| log.bytes == 0) {
        return read(file, true).map_err(|error| invalid(&error));
    }
    let ours = Root::create(desktop)?;
    let copy = RelPath::new(format!("database-{}", uuid::Uuid::new_v4().simple()))?;
    ours.create_folders(&copy)?;
    let copied = [&name, &log].into_iter().try_for_each(|part| match root.read(part, MAX_COPY)? {
        Some(bytes) => ours.write_new(&copy.child(part.as_str())?, &bytes),
        None => Ok(()),
    });
    let read = copied.and_then(|()| {
        let at = ours.absolute(&copy).join(name.as_str());
        read(&at, false).map_err(|error| invalid(&error))
    });
    // It is ours, and what is left of it after a failure is only in the way.
    let _ = ours.remove(&copy);
    read
}

fn read(file: &Path, immutable: bool) -> rusqlite::Result<SkillMeatDatabase> {
    let connection = if immutable {
        let uri = format!("file:{}?mode=ro&immutable=1", escaped(file));
        Connection::open_with_flags(uri, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI)?
    } else {
        Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?
    };
    let mut found = SkillMeatDatabase::default();
    if !has(&connection, "projects", "path")?
        && !has(&connection, "collection_artifacts", "deployments_json")?
    {
        return Err(rusqlite::Error::InvalidQuery);
    }
    let artifacts = sets::artifacts(&connection)?;
    if has(&connection, "projects", "path")? {
        let name = if has(&connection, "projects", "name")? { "name" } else { "NULL" };
        let mut statement = connection.prepare(&format!("SELECT path, {name} FROM projects"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (path, name) = (row.get::<_, String>(0), row.get::<_, Option<String>>(1).ok().flatten());
            match path.ok().and_then(|path| project_of(&path)) {
                Some(project) => found.add(project, name, 0),
                None => found.skipped.push("a project without a usable path".to_owned()),
            }
        }
    }
    if has(&connection, "collection_artifacts", "deployments_json")? {
        let uuid = has(&connection, "collection_artifacts", "artifact_uuid")?;
        let artifact = if uuid { "artifact_uuid" } else { "artifact_id" };
        let mut statement = connection.prepare(&format!(
            "SELECT deployments_json, {artifact} FROM collection_artifacts WHERE deployments_json IS NOT NULL",
        ))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let written = row.get::<_, Option<String>>(1).ok().flatten().unwrap_or_default();
            let artifact = artifacts.get(&written).cloned();
            match row.get::<_, String>(0) {
                Ok(text) => found.take(&text, artifact.as_deref(), &written),
                Err(_) => found.skipped.push(format!("the deployments of {written}")),
            }
        }
    }
    found.deployments.sort();
    found.deployments.dedup();
    sets::read(&connection, &artifacts, &mut found)?;
    profiles::read(&connection, &mut found)?;
    // SkillMeat hangs what is in collections on a project that is none.
    found.projects.retain(|path, _| !path.ends_with("/.skillmeat/collections"));
    Ok(found)
}

impl SkillMeatDatabase {
    fn add(&mut self, project: String, name: Option<String>, deployments: u64) {
        let folder = System::HERE.folder_name(&project).to_owned();
        let entry = self.projects.entry(project).or_insert((folder, 0));
        if let Some(name) = name.filter(|name| !name.trim().is_empty()) {
            entry.0 = name;
        }
        entry.1 += deployments;
    }

    fn take(&mut self, text: &str, artifact: Option<&str>, written: &str) {
        let (entries, skipped) = parse_deployments(text);
        let whose = artifact.unwrap_or(written);
        self.skipped.extend((0..skipped).map(|_| format!("a deployment of {whose}")));
        for entry in entries {
            if let Some(artifact) = artifact {
                let (project, profile) = (entry.project.clone(), entry.profile);
                self.deployments.push(Deployed { project, artifact: artifact.to_owned(), profile });
            }
            let name = entry.name.filter(|_| !self.projects.contains_key(&entry.project));
            self.add(entry.project, name, 1);
        }
    }
}

/// Reads a `deployments_json`: a list of objects with `project_path` and `deployed_at`, in the older shape with a
/// `project_name` beside them, in the newer one with hash, profile, platform and changes as well. Gives how many entries
/// were left out.
fn parse_deployments(text: &str) -> (Vec<Entry>, u64) {
    let entries = match serde_json::from_str(text) {
        Ok(serde_json::Value::Array(entries)) => entries,
        Ok(serde_json::Value::Null) => return (Vec::new(), 0),
        _ => return (Vec::new(), 1),
    };
    let (mut found, mut skipped) = (Vec::new(), 0);
    for entry in entries {
        let text = |key: &str| entry.get(key).and_then(serde_json::Value::as_str);
        let dated = text("deployed_at").is_some_and(|at| parse_iso(at).is_some());
        match text("project_path").and_then(project_of).filter(|_| dated) {
            Some(project) => {
                let profile = text("deployment_profile_id").filter(|id| !id.is_empty()).map(str::to_owned);
                found.push(Entry { project, name: text("project_name").map(str::to_owned), profile });
            }
            None => skipped += 1,
        }
    }
    (found, skipped)
}

/// The project that a path means: absolute, without a slash at its end or a profile root.
fn project_of(path: &str) -> Option<String> {
    let here = System::HERE;
    let path = here.kept(path);
    let path = ROOTS.iter().find_map(|root| path.strip_suffix(root)).unwrap_or(&path);
    let fine = here.is_absolute(path) && !here.is_root(path) && !path.contains(|c: char| c.is_control());
    fine.then(|| here.trimmed(path).to_owned())
}

fn has(connection: &Connection, table: &str, column: &str) -> rusqlite::Result<bool> {
    let sql = "SELECT count(*) FROM pragma_table_info(?1) WHERE name = ?2";
    connection.query_row(sql, [table, column], |row| Ok(row.get::<_, i64>(0)? > 0))
}

/// A path as a part of an SQLite address.
fn escaped(path: &Path) -> String {
    let text = path.display().to_string();
    let text = System::HERE.slashed(&text);
    text.replace('%', "%25").replace('?', "%3f").replace('#', "%23")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("null", 0, 0)]
    #[case("[]", 0, 0)]
    #[case("{}", 0, 1)]
    #[case("not json", 0, 1)]
    // The older shape, the newer one, and a time with Z.
    #[case(r#"[{"project_path":"/p/a","project_name":"a","deployed_at":"2026-01-01T00:00:00"}]"#, 1, 0)]
    #[case(
        r#"[{"project_path":"/p/a/.claude","project_name":"a","deployed_at":"2026-01-01T00:00:00Z","content_hash":null,
            "deployment_profile_id":"codex","local_modifications":false,"platform":"codex"}]"#,
        1,
        0
    )]
    #[case(r#"[3, "x", null, {"project_path":"/p/a"}, {"deployed_at":"2026-01-01T00:00:00"}]"#, 0, 5)]
    #[case(r#"[{"project_path":"relative","deployed_at":"2026-01-01T00:00:00"}]"#, 0, 1)]
    #[case(r#"[{"project_path":"/p/a","deployed_at":"yesterday"}, {"project_path":"/p/b","deployed_at":"2026-01-01T00:00:00"}]"#, 1, 1)]
    fn bad_entries_are_left_out_and_counted(#[case] text: &str, #[case] read: usize, #[case] skipped: u64) {
        let (entries, left_out) = parse_deployments(text);
        assert_eq!((entries.len(), left_out), (read, skipped), "{entries:?}");
        assert!(entries.iter().all(|entry| !entry.project.ends_with(".claude")));
    }
}
