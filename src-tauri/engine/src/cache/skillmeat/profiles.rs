//! Profiles of SkillMeat's database: `deployment_profiles`, each of a project, with the folders of its kinds as a JSON
//! object in `artifact_path_map` and the kinds that it takes as a JSON list in `supported_types`.

use super::sets::{columns, text};
use super::{SkillMeatDatabase, has, project_of};
use rusqlite::Connection;
use std::collections::BTreeMap;

/// A profile of a project, as it is written there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProfileEntry {
    /// The project's folder.
    pub project: String,
    /// Its id.
    pub id: String,
    /// Its platform.
    pub platform: String,
    /// Its root, relative to the project.
    pub root: String,
    /// Kinds with folders of other names than usual.
    pub folders: BTreeMap<String, String>,
    /// The kinds that it takes; none means all.
    pub kinds: Vec<String>,
}

/// Reads them; one that cannot be read is named among what is left out.
pub(super) fn read(connection: &Connection, found: &mut SkillMeatDatabase) -> rusqlite::Result<()> {
    const TABLE: &str = "deployment_profiles";
    if !has(connection, TABLE, "project_id")? || !has(connection, "projects", "path")? {
        return Ok(());
    }
    let wanted = ["profile_id", "platform", "root_dir", "artifact_path_map", "supported_types"];
    let columns = columns(connection, TABLE, &wanted)?;
    let sql = format!(
        "SELECT (SELECT path FROM projects WHERE projects.id = project_id), {columns} FROM {TABLE} ORDER BY 1, 2"
    );
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id = text(row, 1);
        let project = text(row, 0).and_then(|path| project_of(&path));
        let (Some(project), Some(id), Some(root)) = (project, id.clone(), text(row, 3)) else {
            let id = id.unwrap_or_default();
            found.skipped.push(format!("a profile without a project or a root {id}").trim_end().to_owned());
            continue;
        };
        let json = |column| text(row, column).and_then(|text| serde_json::from_str(&text).ok());
        let map: serde_json::Map<String, serde_json::Value> =
            json(4).and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default();
        let folder = |(kind, folder): (String, serde_json::Value)| Some((kind, folder.as_str()?.to_owned()));
        let kinds: Option<serde_json::Value> = json(5);
        let kinds = kinds.and_then(|kinds| serde_json::from_value(kinds).ok()).unwrap_or_default();
        let (platform, folders) = (text(row, 2).unwrap_or_default(), map.into_iter().filter_map(folder));
        found.profiles.push(ProfileEntry { project, id, platform, root, folders: folders.collect(), kinds });
    }
    Ok(())
}
