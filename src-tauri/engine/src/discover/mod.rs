//! What lies in a project or a folder that could come into a collection.
//!
//! A project is looked at in all its profile roots and nowhere else, so whatever lies beside them costs nothing. A
//! folder is looked at as far as it is laid out like a collection: its kind folders under the names that people give
//! them, its profile roots, and both again a few folders deeper, as in a marketplace of plugins. Hidden and ignored
//! folders (`node_modules`, `.git`) are never entered, links never followed. What cannot be read is said and does not
//! stop the rest. Nothing here compares with a collection: the façade does.
//!
//! | file | what it does |
//! |---|---|
//! | `mod` | finds |
//! | `skips` | what a person does not want to be offered, in SkillMeat's `.skillmeat_skip_prefs.toml` |

mod skips;

pub use skips::{SKIPS, Skips};

use crate::artifact::kind_of_folder;
use crate::collection;
use crate::error::{Code, Problem, Result, Severity};
use crate::fs::{EntryKind, Root, is_ignored};
use crate::id::{ArtifactId, ArtifactKind};
use crate::path::RelPath;
use crate::platform::{self, Profile};

/// How many folders below the one that was asked for kind folders may lie.
const MAX_DEPTH: usize = 4;
/// More folders are not looked into.
const MAX_FOLDERS: usize = 5_000;

/// Kinds with their folder's usual name.
const FOLDERS: [(ArtifactKind, &str); 5] = [
    (ArtifactKind::Skill, "skills"),
    (ArtifactKind::Command, "commands"),
    (ArtifactKind::Agent, "agents"),
    (ArtifactKind::Hook, "hooks"),
    (ArtifactKind::Mcp, "mcp"),
];

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Find {
    /// What it would be called: the name and namespace that its place spells.
    pub id: ArtifactId,
    /// Its file or folder, relative to what was looked at.
    pub path: RelPath,
    /// The file that describes it.
    pub main_file: Option<RelPath>,
    /// The profile root that it lies in.
    pub root: Option<RelPath>,
    /// The profile that reads it there, where one does.
    pub profile: Option<String>,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// In the order of their places.
    pub finds: Vec<Find>,
    /// What could not be read, and what is of a kind that cannot be imported.
    pub problems: Vec<Problem>,
}

/// Looks into the profile roots of a project; `own` are the profiles of its own.
pub fn in_project(project: &Root, roots: &[RelPath], own: &[Profile]) -> Found {
    let mut found = Found::default();
    for root in roots {
        found.profile_root(project, root, own);
    }
    found.unsupported_file(project, ".mcp.json");
    found.finished()
}

/// Looks into a folder. `is_closed` tells of folders that are not to be entered: a collection inside what is looked at.
pub fn in_folder(root: &Root, is_closed: &dyn Fn(&std::path::Path) -> bool) -> Found {
    let mut found = Found::default();
    let mut look = Look { root, is_closed, left: MAX_FOLDERS };
    if let Some(kind) = root.path().file_name().and_then(|name| container(&name.to_string_lossy())) {
        found.container(root, kind, None, &[]);
    }
    look.folder(&mut found, None, 0);
    if look.left == 0 {
        let message =
            format!("More than {MAX_FOLDERS} folders: the rest was not looked into. Choose one of them.");
        found.problems.push(Problem::new(Code::SourceTooLarge, Severity::Notice, message));
    }
    found.finished()
}

impl Found {
    fn profile_root(&mut self, project: &Root, root: &RelPath, own: &[Profile]) {
        let known: Vec<_> = platform::builtin()
            .iter()
            .chain(own)
            .flat_map(|profile| profile.targets.iter().map(move |target| (profile, target)))
            .filter(|(_, target)| target.root == *root)
            .collect();
        let mut seen = Vec::new();
        for (profile, target) in &known {
            let folder = root.join(&target.folder);
            if !seen.contains(&(target.kind, folder.clone())) {
                self.below(project, target.kind, &folder, (Some(root), Some(&profile.id)), &[]);
                seen.push((target.kind, folder));
            }
        }
        for (kind, name) in FOLDERS {
            let Ok(folder) = root.child(name) else { continue };
            if matches!(kind, ArtifactKind::Hook | ArtifactKind::Mcp) {
                self.unsupported(project, kind, &folder);
            } else if known.is_empty() {
                self.below(project, kind, &folder, (Some(root), None), &[]);
            }
        }
    }

    /// A kind's folder, at `folder` or the root itself.
    fn container(&mut self, root: &Root, kind: ArtifactKind, folder: Option<&RelPath>, namespaces: &[&str]) {
        match (kind, folder) {
            (ArtifactKind::Hook | ArtifactKind::Mcp, Some(folder)) => self.unsupported(root, kind, folder),
            (ArtifactKind::Hook | ArtifactKind::Mcp, None) => {}
            (_, Some(folder)) => self.below(root, kind, folder, (None, None), namespaces),
            (_, None) => self.add(collection::find_in(root, kind, None, namespaces), (None, None)),
        }
    }

    fn below(
        &mut self,
        root: &Root,
        kind: ArtifactKind,
        folder: &RelPath,
        of: (Option<&RelPath>, Option<&str>),
        namespaces: &[&str],
    ) {
        self.add(collection::find_in(root, kind, Some(folder), namespaces), of);
    }

    fn add(
        &mut self,
        (finds, problems): (Vec<collection::Found>, Vec<Problem>),
        (root, profile): (Option<&RelPath>, Option<&str>),
    ) {
        self.finds.extend(finds.into_iter().map(|found| Find {
            id: found.id,
            path: found.path,
            main_file: found.main_file,
            root: root.cloned(),
            profile: profile.map(str::to_owned),
        }));
        self.problems.extend(problems);
    }

    /// Says what lies in the folder of a kind that cannot be imported.
    fn unsupported(&mut self, root: &Root, kind: ArtifactKind, folder: &RelPath) {
        match root.list(Some(folder)) {
            Ok(entries) => {
                let shown = entries.iter().filter(|entry| !entry.name.starts_with('.'));
                let paths: Vec<_> = shown.filter_map(|entry| folder.child(&entry.name).ok()).collect();
                self.problems.extend(paths.iter().map(|path| unsupported(kind, path.as_str())));
            }
            Err(error) => self.problems.push(error.to_problem()),
        }
    }

    fn unsupported_file(&mut self, root: &Root, name: &str) {
        if RelPath::new(name).is_ok_and(|path| root.is_file(&path)) {
            self.problems.push(unsupported(ArtifactKind::Mcp, name));
        }
    }

    fn finished(mut self) -> Self {
        self.finds.sort_by(|a, b| a.path.cmp(&b.path));
        self.finds.dedup_by(|a, b| a.path == b.path && a.id.kind() == b.id.kind());
        self
    }
}

/// A walk through a folder.
struct Look<'a> {
    root: &'a Root,
    is_closed: &'a dyn Fn(&std::path::Path) -> bool,
    left: usize,
}

impl Look<'_> {
    fn folder(&mut self, found: &mut Found, at: Option<&RelPath>, depth: usize) {
        let Some(left) = self.left.checked_sub(1) else { return };
        self.left = left;
        let entries = match self.root.list(at) {
            Ok(entries) => entries,
            Err(error) => return found.problems.push(error.to_problem()),
        };
        // What lies in a plugin's own folders has the plugin's name before its own.
        let namespaces: Vec<&str> = at.map(RelPath::name).into_iter().collect();
        for entry in entries.iter().filter(|entry| entry.kind == EntryKind::Folder) {
            let Ok(path) = joined(at, &entry.name) else { continue };
            let is_profile_root = platform::builtin()
                .iter()
                .any(|profile| profile.targets.iter().any(|target| target.root.as_str() == entry.name));
            if is_profile_root {
                found.profile_root_below(self.root, at, &path);
            } else if entry.name.starts_with('.')
                || is_ignored(&entry.name)
                || (self.is_closed)(&self.root.absolute(&path))
            {
            } else if let Some(kind) = container(&entry.name) {
                found.container(self.root, kind, Some(&path), &namespaces);
            } else if depth < MAX_DEPTH {
                self.folder(found, Some(&path), depth + 1);
            }
        }
    }
}

impl Found {
    /// A profile root somewhere in a folder: its copies are no deployments of a project that was asked for.
    fn profile_root_below(&mut self, root: &Root, at: Option<&RelPath>, path: &RelPath) {
        let namespaces: Vec<&str> = at.map(RelPath::name).into_iter().collect();
        for (kind, name) in FOLDERS {
            if let Ok(folder) = path.child(name) {
                self.container(root, kind, Some(&folder), &namespaces);
            }
        }
    }
}

fn joined(at: Option<&RelPath>, name: &str) -> Result<RelPath> {
    at.map_or_else(|| RelPath::new(name), |at| at.child(name))
}

/// The kind whose folder this is. Those that cannot be imported go by their usual names only.
fn container(name: &str) -> Option<ArtifactKind> {
    let usual = || FOLDERS.iter().find(|(_, usual)| name.eq_ignore_ascii_case(usual)).map(|(kind, _)| *kind);
    kind_of_folder(name).or_else(usual)
}

fn unsupported(kind: ArtifactKind, path: &str) -> Problem {
    let what = match kind {
        ArtifactKind::Hook => "a hook",
        _ => "an MCP server",
    };
    let message = format!("{path} is {what}. Hooks and MCP servers cannot be imported yet.");
    Problem::new(Code::UnsupportedKind, Severity::Notice, message).about(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lay(files: &[&str]) -> (tempfile::TempDir, Root) {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "---\ndescription: d\n---\n").unwrap();
        }
        let root = Root::open(folder.path()).unwrap();
        (folder, root)
    }

    fn ids(found: &Found) -> Vec<String> {
        found.finds.iter().map(|find| format!("{} {}", find.id, find.path)).collect()
    }

    #[test]
    fn a_project_is_looked_at_in_its_profile_roots_and_nowhere_else() {
        let (_folder, root) = lay(&[
            ".claude/commands/README.md",
            ".claude/commands/git/deep/commit.md",
            ".claude/skills/lower/skill.md",
            ".claude/hooks/tidy/hook.sh",
            ".cursor/agents/prd.md",
            ".mcp.json",
            "skills/beside/SKILL.md",
            "node_modules/a/.claude/skills/b/SKILL.md",
        ]);
        let roots = [".claude", ".cursor"].map(|root| RelPath::new(root).unwrap());
        let found = in_project(&root, &roots, &[]);
        assert_eq!(
            ids(&found),
            [
                "command:git/deep/commit .claude/commands/git/deep/commit.md",
                "skill:lower .claude/skills/lower",
                "agent:prd .cursor/agents/prd.md",
            ]
        );
        assert_eq!(found.finds[2].profile.as_deref(), Some("cursor"));
        let unsupported: Vec<_> =
            found.problems.iter().filter_map(|problem| problem.subject.as_deref()).collect();
        assert_eq!(unsupported, [".claude/hooks/tidy", ".mcp.json"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_is_looked_at_as_a_collection_a_marketplace_or_a_repository() {
        let (folder, root) = lay(&[
            "Skills/own/SKILL.md",
            "plugins/python/agents/pro.md",
            "plugins/python/skills/async/SKILL.md",
            "work/.claude/commands/commit.md",
            "node_modules/x/skills/never/SKILL.md",
            ".hidden/skills/never/SKILL.md",
            "closed/skills/never/SKILL.md",
        ]);
        std::os::unix::fs::symlink(folder.path(), folder.path().join("loop")).unwrap();
        let closed = folder.path().canonicalize().unwrap().join("closed");
        let found = in_folder(&root, &|path| path == closed);
        assert_eq!(
            ids(&found),
            [
                "skill:own Skills/own",
                "agent:python/pro plugins/python/agents/pro.md",
                "skill:python/async plugins/python/skills/async",
                "command:work/commit work/.claude/commands/commit.md",
            ]
        );
    }

    #[test]
    fn a_kind_folder_may_be_asked_for_itself() {
        let (folder, _) = lay(&["skills/own/SKILL.md"]);
        let root = Root::open(&folder.path().join("skills")).unwrap();
        assert_eq!(ids(&in_folder(&root, &|_| false)), ["skill:own own"]);
    }
}
