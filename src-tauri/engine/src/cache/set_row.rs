//! Groups and deployment sets as everybody sees them.

use super::change::Change;
use super::table::{Sql, Stored};
use super::value::{Bound, Columns, json, number, parts, text};
use crate::error::{Problem, Result};
use crate::sets::Member;
use rusqlite::Row;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// One artifact in a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct GroupMemberRow {
    /// The artifact; of one that is missing, as it is written.
    pub artifact_id: String,
    /// There is no such artifact in the collection.
    pub missing: bool,
}

/// One group of a collection. Collection and name together are unique.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct GroupRow {
    /// Its collection.
    pub collection: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// A colour's name or `#rrggbb`.
    pub color: Option<String>,
    /// An icon's name.
    pub icon: Option<String>,
    /// Where it stands among the groups of its collection, from 0.
    pub position: u64,
    /// Its artifacts, in order.
    pub members: Vec<GroupMemberRow>,
    /// The ids of the sets that hold it.
    pub used_in: Vec<String>,
}

/// One member of a set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SetMemberRow {
    /// The member, as it is written.
    pub member: Member,
    /// What to call it: the id of an artifact, the name of a group or set.
    pub name: String,
    /// It is not there.
    pub missing: bool,
}

/// One deployment set. Collection and id together are unique.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SetRow {
    /// Its collection.
    pub collection: String,
    /// Its id.
    pub set_id: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// A colour's name or `#rrggbb`.
    pub color: Option<String>,
    /// An icon's name, or an emoji.
    pub icon: Option<String>,
    /// Tags, in order.
    pub tags: Vec<String>,
    /// When it was made, as the file says it.
    pub created: Option<String>,
    /// When it was last changed, as the file says it.
    pub updated: Option<String>,
    /// Its members, in order.
    pub members: Vec<SetMemberRow>,
    /// How many artifacts it comes to.
    pub resolved: u64,
    /// How many of these are not there.
    pub missing: u64,
    /// The ids of the sets that hold it.
    pub used_in: Vec<String>,
    /// What is wrong with it: it holds itself, is nested too deep.
    pub problems: Vec<Problem>,
}

impl Stored for GroupRow {
    const TABLE: &'static str = "groups";
    const KEY: &'static [&'static str] = &["collection", "name"];
    const REST: &'static [&'static str] = &["position", "content"];
    const ORDER: &'static str = "collection, position, name";

    fn sql() -> &'static Sql {
        static SQL: LazyLock<Sql> = LazyLock::new(Sql::of::<GroupRow>);
        &SQL
    }

    fn key(&self) -> Vec<String> {
        vec![self.collection.clone(), self.name.clone()]
    }

    fn values(&self) -> Result<Vec<Bound<'_>>> {
        Ok(vec![text(&self.collection), text(&self.name), number(self.position), json(self)?])
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        content(row, 3)
    }

    fn removed(key: &[String]) -> Result<Change> {
        let [collection, name] = parts(key)?;
        Ok(Change::GroupRemoved { collection, name })
    }
}

impl Stored for SetRow {
    const TABLE: &'static str = "sets";
    const KEY: &'static [&'static str] = &["collection", "set_id"];
    const REST: &'static [&'static str] = &["name", "content"];
    const ORDER: &'static str = "collection, name, set_id";

    fn sql() -> &'static Sql {
        static SQL: LazyLock<Sql> = LazyLock::new(Sql::of::<SetRow>);
        &SQL
    }

    fn key(&self) -> Vec<String> {
        vec![self.collection.clone(), self.set_id.clone()]
    }

    fn values(&self) -> Result<Vec<Bound<'_>>> {
        Ok(vec![text(&self.collection), text(&self.set_id), text(&self.name), json(self)?])
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        content(row, 3)
    }

    fn removed(key: &[String]) -> Result<Change> {
        let [collection, set_id] = parts(key)?;
        Ok(Change::SetRemoved { collection, set_id })
    }
}

/// The whole row, from the column after `before` others.
fn content<T: serde::de::DeserializeOwned>(row: &Row<'_>, before: usize) -> rusqlite::Result<T> {
    Columns::behind(row, before).json()
}
