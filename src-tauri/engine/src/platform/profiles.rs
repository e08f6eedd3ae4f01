//! The built-in profiles.
//!
//! Agent products move these folders, so each entry says when it was looked up, and where sources differed. A
//! kind is listed only where the product reads our Markdown copy as it is: Codex agents and Gemini commands are TOML, Copilot wants
//! `.prompt.md` and `.agent.md`, and hooks and MCP servers are merged into shared files, so none of them is here.

use super::{Profile, Target};
use crate::id::ArtifactKind::{self, Agent, Command, Skill};

/// Every built-in profile, in the order in which lists show them.
pub fn builtin() -> &'static [Profile] {
    &BUILTIN
}

const fn at(kind: ArtifactKind, root: &'static str, folder: &'static str) -> Target {
    Target { kind, root, folder }
}

static BUILTIN: [Profile; 6] = [
    // 2026-08, from Claude Code's own repository.
    Profile {
        id: "claude_code",
        platform: "claude_code",
        title: "Claude Code",
        targets: &[
            at(Skill, ".claude", "skills"),
            at(Command, ".claude", "commands"),
            at(Agent, ".claude", "agents"),
        ],
    },
    // 2026-08, Codex's documentation and four other managers agree: `.agents/skills`, from the working folder up to
    // the repository's root. Not `.codex/skills`, where SkillMeat puts them.
    Profile { id: "codex", platform: "codex", title: "Codex", targets: &[at(Skill, ".agents", "skills")] },
    // 2026-08, Gemini CLI's documentation; it reads `.agents/skills` as well.
    Profile {
        id: "gemini",
        platform: "gemini",
        title: "Gemini CLI",
        targets: &[at(Skill, ".gemini", "skills")],
    },
    // 2026-08, other managers' tables. Sources differ for skills: Cursor reads `.agents/skills` and
    // `.claude/skills` as well.
    Profile {
        id: "cursor",
        platform: "cursor",
        title: "Cursor",
        targets: &[
            at(Skill, ".cursor", "skills"),
            at(Command, ".cursor", "commands"),
            at(Agent, ".cursor", "agents"),
        ],
    },
    // 2026-08, OpenCode's documentation; it reads `.claude/skills` and `.agents/skills` as well.
    Profile {
        id: "opencode",
        platform: "other",
        title: "OpenCode",
        targets: &[
            at(Skill, ".opencode", "skills"),
            at(Command, ".opencode", "commands"),
            at(Agent, ".opencode", "agents"),
        ],
    },
    // 2026-08, other managers' tables. Sources differ: Copilot reads `.agents/skills` as well.
    Profile {
        id: "copilot",
        platform: "other",
        title: "GitHub Copilot",
        targets: &[at(Skill, ".github", "skills")],
    },
];
