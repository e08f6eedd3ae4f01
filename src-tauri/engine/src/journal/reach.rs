//! How far a part may reach: a file in our home is edited by hand, too, or damaged, and recovery and undo move and
//! remove what it names.
//!
//! A part that names anything beyond its place is no part: it is told and not acted upon, like one that does not parse.
//! Its old trees stay where they are, in the stage or the trash. What only the disk can tell, where links lead and
//! whether the place is a profile's, is looked at when it is recovered or undone.

use super::part::{Effect, Part, Place, StepNote};
use crate::path::{RelPath, is_version_control};

impl Part {
    /// Why it is no part of an operation of ours, if it is none. `name` is its file's.
    pub(super) fn refusal(&self, name: &str) -> Option<String> {
        if self.name() != name {
            return Some(format!("it is the part {}", self.name()));
        }
        if let Place::Profile(root) = &self.place
            && root.components().any(is_version_control)
        {
            return Some(format!("{root} belongs to a version control system"));
        }
        let steps = self.steps.iter().chain(&self.stranded).find_map(|step| step_refusal(&self.place, step));
        steps.or_else(|| self.missing_folders.iter().find_map(|folder| folder_refusal(&self.place, folder)))
    }
}

/// A target is a copy: two names or more below the place, as in `skills/<name>`, and not in a hidden folder of it,
/// where stage and manifest are.
fn step_refusal(place: &Place, step: &StepNote) -> Option<String> {
    let below = match place {
        Place::Profile(root) => step.target.strip_prefix(root),
        Place::Collection | Place::Sets => Some(step.target.clone()),
    };
    let is_copy = below.is_some_and(|below| below.parent().is_some() && !below.as_str().starts_with('.'));
    // A group or a set is in the document of its place; no step about one moves or removes a tree.
    let moves = !matches!(step.effect, Effect::Adopted | Effect::Unrecorded);
    let in_document = place.is_collection() && !moves && step.target.parent().is_none();
    if !(is_copy || in_document) || step.target.components().any(is_version_control) {
        return Some(format!("{} is no place of a copy in it", step.target));
    }
    if step.slot.is_empty() || !step.slot.chars().all(|letter| letter.is_ascii_digit()) {
        return Some(format!("“{}” is no place in a stage", step.slot.escape_debug()));
    }
    let wrong = step.carried.iter().find(|path| RelPath::new(path.as_str()).is_err())?;
    Some(format!("“{}” is no path in a copy", wrong.escape_debug()))
}

/// Folders that it made are on the way to its place, or in it. They go again only while they are empty.
fn folder_refusal(place: &Place, folder: &RelPath) -> Option<String> {
    let related = match place {
        Place::Profile(root) => {
            folder == root || folder.strip_prefix(root).is_some() || root.strip_prefix(folder).is_some()
        }
        Place::Collection | Place::Sets => true,
    };
    let fine = related && !folder.components().any(is_version_control);
    (!fine).then(|| format!("{folder} is no folder on the way to a copy"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn part(root: Option<&str>, target: &str, slot: &str) -> Part {
        let text = serde_json::json!({
            "operation": "019c0000", "number": 0, "kind": "deploy", "at": "", "holder": "", "project_path": "/p",
            "project_name": "p", "profile_root": root, "state": "prepared",
            "steps": [{
                "slot": slot, "target": target, "effect": "created", "artifact_id": "skill:a", "collection": "default",
                "record": { "kind": "skill", "artifact_path": "skills/a", "profile_id": "claude_code" },
                "files": 0, "bytes": 0, "kept_bytes": 0
            }]
        });
        serde_json::from_value(text).unwrap()
    }

    #[rstest]
    #[case(Some(".claude"), ".claude/skills/a", "0", true)]
    #[case(Some(".claude"), ".claude/agents/pm/a.md", "12", true)]
    #[case(Some("tools/x"), "tools/x/skills/a", "0", true)]
    #[case(None, "skills/a", "0", true)]
    #[case(Some(".claude"), "src/main.rs", "0", false)]
    #[case(Some(".claude"), ".claude", "0", false)]
    #[case(Some(".claude"), ".claude/skills", "0", false)]
    #[case(Some(".claude"), ".claude2/skills/a", "0", false)]
    #[case(Some(".claude"), ".cursor/skills/a", "0", false)]
    #[case(Some(".claude"), ".claude/.skillmeat-stage/x", "0", false)]
    #[case(Some(".claude"), ".claude/skills/.git", "0", false)]
    #[case(Some(".git"), ".git/hooks/pre-commit", "0", false)]
    #[case(Some(".claude"), ".claude/skills/a", "../0", false)]
    #[case(Some(".claude"), ".claude/skills/a", "", false)]
    #[case(None, "collection.toml", "0", false)]
    #[case(None, ".git/config", "0", false)]
    fn what_a_part_may_name(
        #[case] root: Option<&str>,
        #[case] target: &str,
        #[case] slot: &str,
        #[case] fine: bool,
    ) {
        let part = part(root, target, slot);
        assert_eq!(part.refusal(&part.name()).is_none(), fine, "{:?}", part.refusal(&part.name()));
    }

    #[test]
    fn a_part_is_what_its_file_says_and_makes_folders_on_its_way_only() {
        let part = part(Some(".config/x"), ".config/x/skills/a", "0");
        assert!(part.refusal("019c0000-0001").is_some());
        for (folder, fine) in
            [(".config", true), (".config/x/skills", true), ("src", false), (".config/y", false)]
        {
            let folders = vec![RelPath::new(folder).unwrap()];
            let part = Part { missing_folders: folders, ..part.clone() };
            assert_eq!(part.refusal(&part.name()).is_none(), fine, "{folder}");
        }
    }

    #[test]
    fn what_is_carried_stays_in_its_copy() {
        let mut part = part(Some(".claude"), ".claude/skills/a", "0");
        part.steps[0].carried = vec!["deep/.venv".to_owned()];
        assert_eq!(part.refusal(&part.name()), None);
        part.steps[0].carried = vec!["../../../x".to_owned()];
        assert!(part.refusal(&part.name()).is_some());
    }
}
