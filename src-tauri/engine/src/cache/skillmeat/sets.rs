//! Groups and deployment sets of SkillMeat's database.
//!
//! Its tables: `groups` with `group_artifacts`, `deployment_sets` with `deployment_set_members` and, in newer versions,
//! `deployment_set_tags` and `tags` beside the older `tags_json`. Members name an artifact by its `uuid`, in older versions
//! by its id; a group, a set or a workflow by its id.

use super::{SkillMeatDatabase, has};
use rusqlite::{Connection, Row};
use std::collections::HashMap;

/// A group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DatabaseGroup {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its collection's name, where that is known.
    pub collection: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// A colour.
    pub color: Option<String>,
    /// An icon.
    pub icon: Option<String>,
    /// Its artifacts as `type:name`, in order; those that nobody knows by the identity that is written.
    pub members: Vec<DatabaseMember>,
}

/// A deployment set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DatabaseSet {
    /// Its id.
    pub id: String,
    /// Its name; several may have it.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// A colour.
    pub color: Option<String>,
    /// An icon.
    pub icon: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Its members, in order.
    pub members: Vec<DatabaseMember>,
}

/// A member of either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseMember {
    /// An artifact, as `type:name`.
    Artifact(String),
    /// A group's id.
    Group(String),
    /// A set's id.
    Set(String),
    /// Something that is known by this word only: an artifact that is gone, a workflow.
    Unknown(String),
}

/// Identity, or id, → `type:name` of every artifact.
pub(super) fn artifacts(connection: &Connection) -> rusqlite::Result<HashMap<String, String>> {
    let mut known = HashMap::new();
    if !has(connection, "artifacts", "id")? {
        return Ok(known);
    }
    let named = has(connection, "artifacts", "type")? && has(connection, "artifacts", "name")?;
    let id = if named { "type || ':' || name" } else { "id" };
    let uuid = if has(connection, "artifacts", "uuid")? { "uuid" } else { "NULL" };
    let mut statement = connection.prepare(&format!("SELECT id, {uuid}, {id} FROM artifacts"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let Some(name) = text(row, 2) else { continue };
        for key in [text(row, 0), text(row, 1)].into_iter().flatten() {
            known.insert(key, name.clone());
        }
    }
    Ok(known)
}

/// Reads both; an entry that cannot be read is named among those that are left out.
pub(super) fn read(
    connection: &Connection,
    artifacts: &HashMap<String, String>,
    found: &mut SkillMeatDatabase,
) -> rusqlite::Result<()> {
    groups(connection, artifacts, found)?;
    sets(connection, artifacts, found)
}

fn groups(
    connection: &Connection,
    artifacts: &HashMap<String, String>,
    found: &mut SkillMeatDatabase,
) -> rusqlite::Result<()> {
    const TABLE: &str = "groups";
    if !has(connection, TABLE, "id")? {
        return Ok(());
    }
    let columns = columns(connection, TABLE, &["name", "description", "color", "icon", "collection_id"])?;
    let place = if has(connection, TABLE, "position")? { "position, " } else { "" };
    let names = collections(connection)?;
    let mut statement =
        connection.prepare(&format!("SELECT id, {columns} FROM {TABLE} ORDER BY {place}id"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (Some(id), Some(name)) = (text(row, 0), text(row, 1)) else {
            let id = text(row, 0).unwrap_or_default();
            found.skipped.push(format!("a group without a name {id}").trim_end().to_owned());
            continue;
        };
        let collection = text(row, 5).and_then(|id| names.get(&id).cloned());
        let (description, color, icon) = (text(row, 2), text(row, 3), text(row, 4));
        found.groups.push(DatabaseGroup {
            id,
            name,
            collection,
            description,
            color,
            icon,
            members: Vec::new(),
        });
    }
    const MEMBERS: &str = "group_artifacts";
    if !has(connection, MEMBERS, "group_id")? {
        return Ok(());
    }
    let artifact = if has(connection, MEMBERS, "artifact_uuid")? { "artifact_uuid" } else { "artifact_id" };
    let place = if has(connection, MEMBERS, "position")? { "position, " } else { "" };
    let sql = format!("SELECT group_id, {artifact} FROM {MEMBERS} ORDER BY {place}{artifact}");
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let group = text(row, 0).and_then(|id| found.groups.iter_mut().find(|group| group.id == id));
        match (group, text(row, 1)) {
            (Some(group), Some(member)) => group.members.push(artifact_of(member, artifacts)),
            _ => found.skipped.push("a member of a group that is not there".to_owned()),
        }
    }
    Ok(())
}

fn sets(
    connection: &Connection,
    artifacts: &HashMap<String, String>,
    found: &mut SkillMeatDatabase,
) -> rusqlite::Result<()> {
    const TABLE: &str = "deployment_sets";
    if !has(connection, TABLE, "id")? {
        return Ok(());
    }
    let columns = columns(connection, TABLE, &["name", "description", "color", "icon", "tags_json"])?;
    let mut statement = connection.prepare(&format!("SELECT id, {columns} FROM {TABLE} ORDER BY 2, id"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (Some(id), Some(name)) = (text(row, 0), text(row, 1)) else {
            let id = text(row, 0).unwrap_or_default();
            found.skipped.push(format!("a set without a name {id}").trim_end().to_owned());
            continue;
        };
        let tags = text(row, 5).and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
        let (description, color, icon) = (text(row, 2), text(row, 3), text(row, 4));
        found.sets.push(DatabaseSet { id, name, description, color, icon, tags, members: Vec::new() });
    }
    tags(connection, found)?;
    members(connection, artifacts, found)
}

/// The tags of newer versions count before `tags_json`.
fn tags(connection: &Connection, found: &mut SkillMeatDatabase) -> rusqlite::Result<()> {
    if !has(connection, "deployment_set_tags", "deployment_set_id")? || !has(connection, "tags", "name")? {
        return Ok(());
    }
    let sql =
        "SELECT deployment_set_id, name FROM deployment_set_tags JOIN tags ON tags.id = tag_id ORDER BY name";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut newer = HashMap::<String, Vec<String>>::new();
    while let Some(row) = rows.next()? {
        if let (Some(set), Some(tag)) = (text(row, 0), text(row, 1)) {
            newer.entry(set).or_default().push(tag);
        }
    }
    for set in &mut found.sets {
        if let Some(tags) = newer.remove(&set.id) {
            set.tags = tags;
        }
    }
    Ok(())
}

fn members(
    connection: &Connection,
    artifacts: &HashMap<String, String>,
    found: &mut SkillMeatDatabase,
) -> rusqlite::Result<()> {
    const TABLE: &str = "deployment_set_members";
    if !has(connection, TABLE, "set_id")? {
        return Ok(());
    }
    let columns = columns(connection, TABLE, &["artifact_uuid", "group_id", "member_set_id", "workflow_id"])?;
    // Places may be equal.
    let order = ["position", "created_at", "id"].map(|column| Ok((column, has(connection, TABLE, column)?)));
    let order = order.into_iter().collect::<rusqlite::Result<Vec<_>>>()?;
    let order: Vec<&str> = order.into_iter().filter(|(_, there)| *there).map(|(column, _)| column).collect();
    let order = if order.is_empty() { "rowid".to_owned() } else { order.join(", ") };
    let mut statement =
        connection.prepare(&format!("SELECT set_id, {columns} FROM {TABLE} ORDER BY {order}"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let set = text(row, 0).and_then(|id| found.sets.iter_mut().find(|set| set.id == id));
        let Some(set) = set else {
            found.skipped.push("a member of a set that is not there".to_owned());
            continue;
        };
        let member = match (text(row, 1), text(row, 2), text(row, 3), text(row, 4)) {
            (Some(artifact), ..) => artifact_of(artifact, artifacts),
            (_, Some(group), ..) => DatabaseMember::Group(group),
            (_, _, Some(nested), _) => DatabaseMember::Set(nested),
            (.., Some(workflow)) => DatabaseMember::Unknown(format!("workflow {workflow}")),
            _ => DatabaseMember::Unknown("a member that names nothing".to_owned()),
        };
        set.members.push(member);
    }
    Ok(())
}

fn artifact_of(written: String, artifacts: &HashMap<String, String>) -> DatabaseMember {
    match artifacts.get(&written) {
        Some(id) => DatabaseMember::Artifact(id.clone()),
        None if written.contains(':') => DatabaseMember::Artifact(written),
        None => DatabaseMember::Unknown(format!("artifact {written}")),
    }
}

fn collections(connection: &Connection) -> rusqlite::Result<HashMap<String, String>> {
    let mut names = HashMap::new();
    if has(connection, "collections", "id")? && has(connection, "collections", "name")? {
        let mut statement = connection.prepare("SELECT id, name FROM collections")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            names.extend(text(row, 0).zip(text(row, 1)));
        }
    }
    Ok(names)
}

/// These columns, for a statement; those that this version does not have are null.
pub(super) fn columns(connection: &Connection, table: &str, wanted: &[&str]) -> rusqlite::Result<String> {
    let column = |column: &&str| {
        Ok(if has(connection, table, column)? { (*column).to_owned() } else { "NULL".to_owned() })
    };
    Ok(wanted.iter().map(column).collect::<rusqlite::Result<Vec<_>>>()?.join(", "))
}

pub(super) fn text(row: &Row<'_>, column: usize) -> Option<String> {
    let text = row.get::<_, Option<String>>(column).ok().flatten()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
