//! Folders that other tools on this machine know as projects, to choose from.
//!
//! | tool | file, below the person's home | what is read |
//! |---|---|---|
//! | Claude Code | `.claude.json` | the keys of `projects` |
//! | Codex | `.codex/config.toml` | the keys of `projects` |
//! | VS Code, VSCodium, Cursor | `<config>/<product>/User/workspaceStorage/*/workspace.json` | `folder`, a `file://` address |
//!
//! `<config>` is `.config`, on macOS `Library/Application Support`. The files are other people's and are only read; what
//! is missing, not as expected or about a folder that is gone is passed over.

use super::{Engine, project};
use crate::error::Result;
use crate::fs::Root;
use crate::id::ProjectPath;
use crate::path::{RelPath, System};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Claude Code keeps whole conversations in its file.
const MAX_BYTES: u64 = 64 * 1024 * 1024;
/// An address of a workspace is short.
const MAX_WORKSPACE: u64 = 64 * 1024;
/// How many workspaces of an editor are looked at.
const MAX_WORKSPACES: usize = 1000;

const EDITORS: [(&str, &str); 3] = [("VS Code", "Code"), ("VSCodium", "VSCodium"), ("Cursor", "Cursor")];
const CONFIG: [&str; 2] = [".config", "Library/Application Support"];

/// A folder that another tool knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct RecentProject {
    /// Its folder. It exists, and may be a project.
    pub project_path: ProjectPath,
    /// Its folder's name.
    pub project_name: String,
    /// The tools that know it.
    pub tools: Vec<String>,
    /// Whether it is registered already.
    pub registered: bool,
}

impl Engine {
    /// The projects of other tools, by path; only folders that are there and may be projects.
    ///
    /// # Errors
    /// None in practice: what cannot be read is passed over.
    pub fn recent_projects(&self) -> Result<Vec<RecentProject>> {
        let home = self.options.user_home.as_deref().and_then(|home| Root::open(home).ok());
        let Some(home) = home else { return Ok(Vec::new()) };
        let known = self.known_projects().unwrap_or_default().projects;
        let linked = self.linked_collections().unwrap_or_default().collections;
        let mut found = BTreeMap::<String, RecentProject>::new();
        for (tool, path) in named(&home) {
            // A relative one would be looked for where this program happens to run.
            if !System::HERE.is_absolute(&path) {
                continue;
            }
            let Ok((path, _)) = project::open(&self.options, &path, &linked, &known) else { continue };
            let entry = found.entry(path.as_str().to_owned()).or_insert_with(|| RecentProject {
                project_name: path.folder_name().to_owned(),
                registered: known.iter().any(|known| known.path == path.as_str()),
                project_path: path,
                tools: Vec::new(),
            });
            if !entry.tools.iter().any(|known| known == tool) {
                entry.tools.push(tool.to_owned());
            }
        }
        Ok(found.into_values().collect())
    }
}

/// Every folder that is named, with the tool that names it.
fn named(home: &Root) -> Vec<(&'static str, String)> {
    let mut named = Vec::new();
    named.extend(claude_code(home).unwrap_or_default().into_iter().map(|path| ("Claude Code", path)));
    named.extend(codex(home).unwrap_or_default().into_iter().map(|path| ("Codex", path)));
    for (tool, product) in EDITORS {
        for config in CONFIG {
            named.extend(editor(home, config, product).into_iter().map(|path| (tool, path)));
        }
    }
    named
}

fn claude_code(home: &Root) -> Option<Vec<String>> {
    let file: serde_json::Value = json(home, ".claude.json", MAX_BYTES)?;
    Some(file.get("projects")?.as_object()?.keys().cloned().collect())
}

fn codex(home: &Root) -> Option<Vec<String>> {
    let bytes = home.read(&RelPath::new(".codex/config.toml").ok()?, MAX_BYTES).ok()??;
    let file: toml::Table = toml::from_str(std::str::from_utf8(&bytes).ok()?).ok()?;
    Some(file.get("projects")?.as_table()?.keys().cloned().collect())
}

fn editor(home: &Root, config: &str, product: &str) -> Vec<String> {
    let folder = format!("{config}/{product}/User/workspaceStorage");
    let entries =
        RelPath::new(folder.clone()).and_then(|folder| home.list(Some(&folder))).unwrap_or_default();
    let workspace = |name: &str| -> Option<String> {
        let file = json(home, &format!("{folder}/{name}/workspace.json"), MAX_WORKSPACE)?;
        decoded(file.get("folder")?.as_str()?.strip_prefix("file://")?)
            .map(|path| System::HERE.of_address(&path).to_owned())
    };
    entries.iter().take(MAX_WORKSPACES).filter_map(|entry| workspace(&entry.name)).collect()
}

fn json(home: &Root, file: &str, limit: u64) -> Option<serde_json::Value> {
    let bytes = home.read(&RelPath::new(file).ok()?, limit).ok()??;
    serde_json::from_slice(&bytes).ok()
}

/// The path of an address, in which `%20` stands for a space.
fn decoded(address: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(address.len());
    let mut rest = address.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
        } else {
            byte
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_decoded_or_refused() {
        assert_eq!(decoded("/home/a%20b/%C3%A9").as_deref(), Some("/home/a b/é"));
        for bad in ["/x%", "/x%2", "/x%zz", "/x%ff"] {
            assert_eq!(decoded(bad), None, "{bad}");
        }
    }
}
