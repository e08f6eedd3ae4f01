//! Where each agent product looks for artifacts, as data.
//!
//! | file | what it does |
//! |---|---|
//! | `mod` | what a profile is, and which one an id means |
//! | `profiles` | the built-in ones |
//! | `own` | those that a person adds to a project, checked |

mod own;
mod profiles;

pub use own::{KindFolder, OwnProfile, PLATFORMS, apart};
pub use profiles::builtin;

use crate::error::{Error, Result};
use crate::id::ArtifactKind;
use crate::path::RelPath;

/// Where a product reads artifacts of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The kind.
    pub kind: ArtifactKind,
    /// The profile root, relative to the project. It holds the manifest.
    pub root: RelPath,
    /// The kind's folder, relative to the root.
    pub folder: RelPath,
}

/// One agent product, and where inside a project it looks for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Its id, as records hold it.
    pub id: String,
    /// Its platform, as records hold it. One of [`PLATFORMS`]: SkillMeat cannot read a manifest with any other value.
    pub platform: String,
    /// The product's name, to show.
    pub title: String,
    /// The kinds it reads by copy, and where from.
    pub targets: Vec<Target>,
    /// Whether a person added it to the project.
    pub own: bool,
}

impl Profile {
    /// The profile root and the folder below it for artifacts of `kind`; `None` when the product cannot read
    /// such a copy.
    pub fn target(&self, kind: ArtifactKind) -> Option<(RelPath, RelPath)> {
        let target = self.targets.iter().find(|target| target.kind == kind)?;
        Some((target.root.clone(), target.folder.clone()))
    }

    /// Its roots, each once.
    pub fn roots(&self) -> Vec<RelPath> {
        let mut roots: Vec<RelPath> = Vec::new();
        for target in &self.targets {
            if !roots.contains(&target.root) {
                roots.push(target.root.clone());
            }
        }
        roots
    }

    /// The kinds it reads by copy.
    pub fn kinds(&self) -> Vec<ArtifactKind> {
        self.targets.iter().map(|target| target.kind).collect()
    }
}

/// An id as records and files hold it: `claude-code` means `claude_code`.
pub fn normal_id(id: &str) -> String {
    id.trim().replace('-', "_").to_ascii_lowercase()
}

/// The profile of that id, built in or among a project's own.
///
/// # Errors
/// `profile-not-found` with the ids there are.
pub fn find<'p>(own: &'p [Profile], id: &str) -> Result<&'p Profile> {
    let wanted = normal_id(id);
    let all = || builtin().iter().chain(own);
    all().find(|profile| profile.id == wanted).ok_or_else(|| Error::ProfileNotFound {
        profile: id.to_owned(),
        known: all().map(|profile| profile.id.clone()).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use rstest::rstest;

    #[rstest]
    #[case("claude_code", ArtifactKind::Skill, Some(".claude/skills"))]
    #[case("claude-code", ArtifactKind::Command, Some(".claude/commands"))]
    #[case("Claude-Code", ArtifactKind::Agent, Some(".claude/agents"))]
    #[case("claude_code", ArtifactKind::Hook, None)]
    #[case("codex", ArtifactKind::Skill, Some(".agents/skills"))]
    #[case("codex", ArtifactKind::Command, None)]
    #[case("codex", ArtifactKind::Agent, None)]
    #[case("gemini", ArtifactKind::Skill, Some(".gemini/skills"))]
    #[case("gemini", ArtifactKind::Command, None)]
    #[case("cursor", ArtifactKind::Agent, Some(".cursor/agents"))]
    #[case("opencode", ArtifactKind::Command, Some(".opencode/commands"))]
    #[case("copilot", ArtifactKind::Skill, Some(".github/skills"))]
    #[case("copilot", ArtifactKind::Agent, None)]
    fn targets(#[case] id: &str, #[case] kind: ArtifactKind, #[case] want: Option<&str>) {
        let target = find(&[], id).unwrap().target(kind).map(|(root, folder)| root.join(&folder).to_string());
        assert_eq!(target.as_deref(), want);
    }

    #[test]
    fn an_unknown_profile_is_refused_with_the_known_ones() {
        let error = find(&[], "git").unwrap_err();
        assert_eq!(error.code(), Code::ProfileNotFound);
        assert!(error.to_string().contains("claude_code, codex"), "{error}");
    }

    #[test]
    fn the_table_holds_together() {
        let ids: Vec<&str> = builtin().iter().map(|profile| profile.id.as_str()).collect();
        let mut once = ids.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), ids.len());
        for profile in builtin() {
            assert!(PLATFORMS.contains(&profile.platform.as_str()));
            // Every root is hidden and a single folder: SkillMeat reads manifests only in the folders `.*` of a
            // project.
            for root in profile.roots() {
                assert!(root.as_str().starts_with('.') && root.parent().is_none() && root.as_str() != ".git");
            }
            assert!(!profile.roots().is_empty());
        }
    }
}
