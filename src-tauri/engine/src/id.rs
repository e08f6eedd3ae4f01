//! What things are called: artifact kinds and ids, projects, profiles, operations, content hashes.

use crate::error::{Error, Result};
use crate::path::{System, name_refusal};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};

/// The five kinds of artifact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum ArtifactKind {
    /// A folder with a `SKILL.md`.
    Skill,
    /// A Markdown file that becomes a slash command.
    Command,
    /// A Markdown file that describes a sub-agent.
    Agent,
    /// Scripts and the settings that call them.
    Hook,
    /// A server of the Model Context Protocol.
    Mcp,
}

impl ArtifactKind {
    /// All kinds, in the order in which lists show them.
    pub const ALL: [Self; 5] = [Self::Skill, Self::Command, Self::Agent, Self::Hook, Self::Mcp];

    /// The kind's name in ids, manifests and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Skill => "skill",
            Self::Command => "command",
            Self::Agent => "agent",
            Self::Hook => "hook",
            Self::Mcp => "mcp",
        }
    }

    /// Reads a kind's name; SkillMeat's older `mcp_server` is accepted.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .or_else(|| matches!(text, "mcp_server" | "mcp-server").then_some(Self::Mcp))
    }

    /// Whether an artifact of this kind is a folder (else it is a single Markdown file).
    pub fn is_folder(self) -> bool {
        matches!(self, Self::Skill | Self::Hook | Self::Mcp)
    }
}

impl fmt::Display for ArtifactKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// `type:name`, with a namespace for nested ones: `agent:pm/prd-writer`. Unique inside one collection.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "bindings", specta(type = String))]
pub struct ArtifactId {
    kind: ArtifactKind,
    path: String,
}

impl ArtifactId {
    /// The artifact of `kind` at `path` below the kind's folder, without a file's extension.
    ///
    /// # Errors
    /// `invalid-name` when a part of `path` cannot be a file name on every system.
    pub fn new(kind: ArtifactKind, path: &str) -> Result<Self> {
        for part in path.split('/') {
            if let Some(reason) = name_refusal(part) {
                return Err(Error::InvalidName { name: path.to_owned(), reason });
            }
        }
        Ok(Self { kind, path: path.to_owned() })
    }

    /// Reads `type:name`.
    ///
    /// # Errors
    /// `invalid-name` for an unknown type or a bad name.
    pub fn parse(text: &str) -> Result<Self> {
        let refused = |reason| Error::InvalidName { name: text.to_owned(), reason };
        let (kind, path) = text.split_once(':').ok_or_else(|| refused("an id is type:name"))?;
        let kind = ArtifactKind::parse(kind).ok_or_else(|| refused("its type is unknown"))?;
        Self::new(kind, path)
    }

    /// The kind.
    pub fn kind(&self) -> ArtifactKind {
        self.kind
    }

    /// Namespace and name, joined by `/`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The leaf name.
    pub fn name(&self) -> &str {
        self.path.rsplit_once('/').map_or(self.path.as_str(), |(_, name)| name)
    }

    /// The namespace of a nested artifact.
    pub fn namespace(&self) -> Option<&str> {
        self.path.rsplit_once('/').map(|(namespace, _)| namespace)
    }
}

impl fmt::Display for ArtifactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.path)
    }
}

impl TryFrom<String> for ArtifactId {
    type Error = Error;
    fn try_from(text: String) -> Result<Self> {
        Self::parse(&text)
    }
}

impl From<ArtifactId> for String {
    fn from(id: ArtifactId) -> Self {
        id.to_string()
    }
}

/// An artifact as a person asks for it: `skill:review`, `review`, `agent:prd-writer.md`, with a collection
/// when several have it. Resolved by the engine; a bare leaf works while it is unambiguous.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ArtifactRef {
    /// The id, or as much of it as tells it apart.
    pub artifact_id: String,
    /// The collection; without one, all are searched.
    #[serde(default)]
    pub collection: Option<String>,
}

/// Text from a file or a file name on one line, for people: control characters, which could command a terminal or fake
/// lines, and characters that nobody sees but that reorder, hide or carry text are shown as `·`. They are those that the
/// window shows by their names.
pub fn legible(text: &str) -> Cow<'_, str> {
    let harmful = |c: char| {
        c.is_control()
            || matches!(
                c,
                '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}'
            )
            || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}')
            || matches!(c, '\u{e0000}'..='\u{e007f}' | '\u{e0100}'..='\u{e01ef}')
    };
    if text.contains(harmful) { Cow::Owned(text.replace(harmful, "·")) } else { Cow::Borrowed(text) }
}

/// The root folder of a project: absolute, canonical, UTF-8, no trailing slash.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(transparent)]
pub struct ProjectPath(String);

impl ProjectPath {
    /// Keeps a path that is already canonical (`fs::canonical_project` makes one).
    pub(crate) fn from_canonical(path: String) -> Self {
        Self(path)
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path.
    pub fn as_path(&self) -> &Path {
        Path::new(&self.0)
    }

    /// The folder's own name, which is also the project's name until it has one of its own.
    pub fn folder_name(&self) -> &str {
        System::HERE.folder_name(&self.0)
    }
}

impl fmt::Display for ProjectPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&ProjectPath> for PathBuf {
    fn from(path: &ProjectPath) -> Self {
        PathBuf::from(&path.0)
    }
}

/// The id of one operation; sorts by time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(transparent)]
pub struct OperationId(String);

impl OperationId {
    /// A new id.
    pub fn generate() -> Self {
        Self(uuid::Uuid::now_v7().simple().to_string())
    }

    /// An id that the caller chose, for work that writes no file under it.
    pub fn named(text: String) -> Self {
        Self(text)
    }

    /// The id as text: 32 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// SkillMeat's content hash: 64 lower-case hexadecimal digits of a SHA-256 (see [`crate::fs`]).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(transparent)]
pub struct ContentHash(String);

impl ContentHash {
    /// Keeps a digest.
    pub fn from_digest(digest: &[u8]) -> Self {
        use std::fmt::Write;
        Self(digest.iter().fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        }))
    }

    /// Reads a digest as a manifest or cache holds it; case does not matter.
    pub fn parse(text: &str) -> Option<Self> {
        let ok = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        ok.then(|| Self(text.to_ascii_lowercase()))
    }

    /// The digest as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_names_kind_namespace_and_leaf() {
        let id = ArtifactId::parse("agent:pm/prd-writer").unwrap();
        assert_eq!((id.kind(), id.namespace(), id.name()), (ArtifactKind::Agent, Some("pm"), "prd-writer"));
        assert_eq!(id.to_string(), "agent:pm/prd-writer");
    }

    #[test]
    fn an_id_that_leads_astray_is_refused() {
        for text in ["skill:../x", "skill:", "skill:/x", "nothing:x", "x", "skill:.git"] {
            assert!(ArtifactId::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_could_command_a_terminal_is_shown_as_dots() {
        assert_eq!(legible("a\x1b[2Jb\r\nc\u{202e}d"), "a·[2Jb··c·d");
        assert!(matches!(legible("Größe ✓"), Cow::Borrowed(_)));
    }

    #[test]
    fn operations_sort_by_time() {
        let (first, second) = (OperationId::generate(), OperationId::generate());
        assert_eq!(first.as_str().len(), 32);
        assert!(first < second);
    }
}
