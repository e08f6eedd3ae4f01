//! The built-in profiles.
//!
//! Agent products move these folders, so each entry says when it was looked up, and where sources differed. A
//! kind is listed only where the product reads our Markdown copy as it is: Codex agents and Gemini commands are TOML, Copilot wants
//! `.prompt.md` and `.agent.md`, and hooks and MCP servers are merged into shared files, so none of them is here.

use super::{Profile, Target};
use crate::id::ArtifactKind::{self, Agent, Command, Skill};
use crate::path::RelPath;
use std::sync::LazyLock;

/// Every built-in profile, in the order in which lists show them.
pub fn builtin() -> &'static [Profile] {
    static BUILTIN: LazyLock<Vec<Profile>> = LazyLock::new(|| TABLE.iter().map(Row::profile).collect());
    &BUILTIN
}

/// A profile as it is written here: each kind with its root and its folder.
struct Row {
    id: &'static str,
    platform: &'static str,
    title: &'static str,
    targets: &'static [(ArtifactKind, &'static str, &'static str)],
}

impl Row {
    fn profile(&self) -> Profile {
        let target = |(kind, root, folder): &(ArtifactKind, &str, &str)| {
            Some(Target { kind: *kind, root: RelPath::new(*root).ok()?, folder: RelPath::new(*folder).ok()? })
        };
        Profile {
            id: self.id.to_owned(),
            platform: self.platform.to_owned(),
            title: self.title.to_owned(),
            targets: self.targets.iter().filter_map(target).collect(),
            own: false,
        }
    }
}

static TABLE: [Row; 6] = [
    // 2026-08, from Claude Code's own repository.
    Row {
        id: "claude_code",
        platform: "claude_code",
        title: "Claude Code",
        targets: &[
            (Skill, ".claude", "skills"),
            (Command, ".claude", "commands"),
            (Agent, ".claude", "agents"),
        ],
    },
    // 2026-08, Codex's documentation and four other managers agree: `.agents/skills`, from the working folder up to
    // the repository's root. Not `.codex/skills`, where SkillMeat puts them.
    Row { id: "codex", platform: "codex", title: "Codex", targets: &[(Skill, ".agents", "skills")] },
    // 2026-08, Gemini CLI's documentation; it reads `.agents/skills` as well.
    Row { id: "gemini", platform: "gemini", title: "Gemini CLI", targets: &[(Skill, ".gemini", "skills")] },
    // 2026-08, other managers' tables. Sources differ for skills: Cursor reads `.agents/skills` and
    // `.claude/skills` as well.
    Row {
        id: "cursor",
        platform: "cursor",
        title: "Cursor",
        targets: &[
            (Skill, ".cursor", "skills"),
            (Command, ".cursor", "commands"),
            (Agent, ".cursor", "agents"),
        ],
    },
    // 2026-08, OpenCode's documentation; it reads `.claude/skills` and `.agents/skills` as well.
    Row {
        id: "opencode",
        platform: "other",
        title: "OpenCode",
        targets: &[
            (Skill, ".opencode", "skills"),
            (Command, ".opencode", "commands"),
            (Agent, ".opencode", "agents"),
        ],
    },
    // 2026-08, other managers' tables. Sources differ: Copilot reads `.agents/skills` as well.
    Row {
        id: "copilot",
        platform: "other",
        title: "GitHub Copilot",
        targets: &[(Skill, ".github", "skills")],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_of_the_table_is_a_valid_one() {
        for (row, profile) in TABLE.iter().zip(builtin()) {
            assert_eq!(profile.targets.len(), row.targets.len(), "{}", row.id);
        }
    }
}
