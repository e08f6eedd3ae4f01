//! Where each agent product looks for artifacts, as data.

mod profiles;

use crate::error::{Error, Result};
use crate::id::ArtifactKind;
use crate::path::RelPath;

pub use profiles::builtin;

/// Where a product reads artifacts of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// The kind.
    pub kind: ArtifactKind,
    /// The profile root, relative to the project. It holds the manifest.
    pub root: &'static str,
    /// The kind's folder, relative to the root.
    pub folder: &'static str,
}

/// One agent product, and where inside a project it looks for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profile {
    /// Its id, as records hold it.
    pub id: &'static str,
    /// Its platform, as records hold it. One of `claude_code`, `codex`, `gemini`, `cursor`, `other`: SkillMeat
    /// cannot read a manifest with any other value.
    pub platform: &'static str,
    /// The product's name, to show.
    pub title: &'static str,
    /// The kinds it reads by copy, and where from.
    pub targets: &'static [Target],
}

impl Profile {
    /// The profile root and the folder below it for artifacts of `kind`; `None` when the product cannot read
    /// such a copy.
    pub fn target(&self, kind: ArtifactKind) -> Option<(RelPath, RelPath)> {
        let target = self.targets.iter().find(|target| target.kind == kind)?;
        Some((RelPath::new(target.root).ok()?, RelPath::new(target.folder).ok()?))
    }

    /// Its roots, each once.
    pub fn roots(&self) -> Vec<RelPath> {
        let mut roots: Vec<RelPath> = Vec::new();
        for root in self.targets.iter().filter_map(|target| RelPath::new(target.root).ok()) {
            if !roots.contains(&root) {
                roots.push(root);
            }
        }
        roots
    }

    /// The kinds it reads by copy.
    pub fn kinds(&self) -> Vec<ArtifactKind> {
        self.targets.iter().map(|target| target.kind).collect()
    }
}

/// The profile of that id; `claude-code` means `claude_code`.
///
/// # Errors
/// `profile-not-found` with the ids there are.
pub fn find(id: &str) -> Result<&'static Profile> {
    let wanted = id.trim().replace('-', "_").to_ascii_lowercase();
    builtin().iter().find(|profile| profile.id == wanted).ok_or_else(|| Error::ProfileNotFound {
        profile: id.to_owned(),
        known: builtin().iter().map(|profile| profile.id.to_owned()).collect(),
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
        let target = find(id).unwrap().target(kind).map(|(root, folder)| root.join(&folder).to_string());
        assert_eq!(target.as_deref(), want);
    }

    #[test]
    fn an_unknown_profile_is_refused_with_the_known_ones() {
        let error = find("git").unwrap_err();
        assert_eq!(error.code(), Code::ProfileNotFound);
        assert!(error.to_string().contains("claude_code, codex"), "{error}");
    }

    #[test]
    fn the_table_holds_together() {
        let ids: Vec<&str> = builtin().iter().map(|profile| profile.id).collect();
        let mut once = ids.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), ids.len());
        for profile in builtin() {
            assert!(["claude_code", "codex", "gemini", "cursor", "other"].contains(&profile.platform));
            // Every path of the table is a valid one, and every root is hidden and a single folder: SkillMeat
            // reads manifests only in the folders `.*` of a project.
            for kind in profile.kinds() {
                let (root, _) = profile.target(kind).unwrap();
                assert!(root.as_str().starts_with('.') && root.parent().is_none() && root.as_str() != ".git");
            }
            assert!(!profile.roots().is_empty());
        }
    }
}
