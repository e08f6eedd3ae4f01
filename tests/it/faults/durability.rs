//! What is reported as done survives power loss: everything is written and flushed before the first target changes,
//! and the entry that says so is flushed before the answer, with as many flushes for many files as for few.

use super::operations::{OPERATIONS, operation};
use crate::call::{assert_done, deploy_request};
use skillmeat_engine::fs::fault::{Call, Step, record};
use skillmeat_engine::plan::Action;
use skillmeat_tests::{Sandbox, tree};
use std::path::Path;

const STAGE: &str = ".skillmeat-stage";
/// What a rename of commits: a profile root's manifest, a collection's index.
const DOCUMENTS: [&str; 3] = [".skillmeat-deployed.toml", "collection.toml", "deployment-sets.toml"];
/// A manifest of old as one of today, before anything else is done.
const TAKEN_OVER: &str = "manifest.taken-over";
/// It follows its document, after the commit.
const FOLLOWER: &str = "collection.lock";

fn is_document(path: &Path) -> bool {
    DOCUMENTS.iter().any(|name| path.ends_with(name))
}

/// The calls of one operation, and where.
struct Course {
    sandbox: Sandbox,
    steps: Vec<Step>,
}

impl Course {
    fn of(name: &str) -> Self {
        let operation = operation(name);
        let sandbox = Sandbox::empty();
        (operation.before)(&sandbox);
        let engine = sandbox.engine();
        let recording = record(sandbox.path());
        (operation.run)(&sandbox, &engine).unwrap();
        Self { steps: recording.steps(), sandbox }
    }

    fn last_before(&self, end: usize, call: Call) -> Option<usize> {
        (0..end).rev().find(|&at| self.steps[at].call == call)
    }

    /// The folder's entries are flushed, alone or with the whole file system.
    fn is_flushed_after(&self, at: usize, folder: &Path) -> bool {
        self.steps[at..].iter().any(|step| match step.call {
            Call::FlushFolder => step.path == folder,
            Call::FlushSystem => folder.starts_with(&step.path),
            _ => false,
        })
    }

    /// A place below a project or collection that is not ours: a target, or what leads to it.
    fn is_target(&self, path: &Path) -> bool {
        let homes = [self.sandbox.path().join("projects"), self.sandbox.home().join("collections")];
        let inside = homes.iter().any(|home| path.starts_with(home));
        let staged = path.components().any(|part| part.as_os_str() == STAGE);
        inside && !staged && !is_document(path) && !path.ends_with(FOLLOWER)
    }

    fn swaps(&self, at: usize) -> bool {
        let step = &self.steps[at];
        matches!(step.call, Call::Rename | Call::Exchange)
            && [Some(&step.path), step.from.as_ref()].into_iter().flatten().any(|path| self.is_target(path))
    }

    fn commits(&self, at: usize) -> bool {
        let step = &self.steps[at];
        step.call == Call::Rename
            && (is_document(&step.path) || step.from.as_deref().is_some_and(is_document))
    }

    /// Something that must be on the disk before a target changes: staged, in the journal, in the content store.
    fn prepares(&self, at: usize) -> bool {
        let step = &self.steps[at];
        let desktop = self.sandbox.home().join("desktop");
        let ours = ["journal", "objects"].iter().any(|folder| step.path.starts_with(desktop.join(folder)));
        let staged = step.path.components().any(|part| part.as_os_str() == STAGE);
        let changes = matches!(
            step.call,
            Call::CreateFile | Call::CreateFolder | Call::Write | Call::SetMode | Call::Rename
        );
        (ours || staged) && changes && !self.swaps(at)
    }

    fn tell(&self, range: std::ops::Range<usize>) -> String {
        let lines = self.steps[range].iter().map(|step| format!("{step}"));
        lines.collect::<Vec<_>>().join("\n")
    }
}

#[test]
fn everything_is_flushed_before_a_target_changes() {
    for operation in OPERATIONS {
        let course = Course::of(operation.name);
        let mut begin = 0;
        let mut parts = 0;
        for commit in (0..course.steps.len()).filter(|&at| course.commits(at)) {
            let told = || format!("{}:\n{}", operation.name, course.tell(begin..commit + 1));
            let first = (begin..commit).find(|&at| course.swaps(at));
            let of_a_project = course.steps[commit].path.ends_with(DOCUMENTS[0]);
            let records = of_a_project && ["import", "push"].iter().any(|name| operation.name.contains(name));
            let curates =
                ["tag", "set", "group", "database"].iter().any(|name| operation.name.contains(name));
            // Where only a record or an entry is written, that is what changes.
            let takes_over =
                course.steps[commit].from.as_ref().is_some_and(|from| from.ends_with(TAKEN_OVER));
            let first = first.or_else(|| (records || curates || takes_over).then_some(commit));
            let first = first.unwrap_or_else(|| panic!("no target changes; {}", told()));
            let flush = course.last_before(first, Call::FlushSystem).filter(|&flush| flush > begin);
            let flush = flush.unwrap_or_else(|| panic!("no flush before a target changes; {}", told()));
            let prepared = (begin..flush).any(|at| course.prepares(at));
            assert!(prepared, "nothing is prepared; {}", told());
            let late = (flush..commit).find(|&at| course.prepares(at));
            assert!(late.is_none(), "{} is not flushed; {}", course.steps[late.unwrap()], told());
            (begin, parts) = (commit + 1, parts + 1);
        }
        let single =
            ["collect", "resolve", "remove", "tag", "set"].iter().any(|name| operation.name.contains(name));
        let least = if single { 1 } else { 2 };
        assert!(parts >= least, "{} writes {parts} documents", operation.name);
    }
}

#[test]
fn the_folder_of_a_document_is_flushed_before_the_answer() {
    for operation in OPERATIONS {
        let course = Course::of(operation.name);
        for commit in (0..course.steps.len()).filter(|&at| course.commits(at)) {
            let step = &course.steps[commit];
            let document = if is_document(&step.path) { Some(&step.path) } else { step.from.as_ref() };
            let folder = document.and_then(|manifest| manifest.parent()).unwrap();
            assert!(
                course.is_flushed_after(commit, folder),
                "{}: {} is not flushed",
                operation.name,
                folder.display()
            );
        }
    }
}

#[test]
fn a_folder_in_which_a_target_appeared_or_went_is_flushed_before_the_answer() {
    for operation in OPERATIONS {
        let course = Course::of(operation.name);
        for swap in (0..course.steps.len()).filter(|&at| course.swaps(at)) {
            let step = &course.steps[swap];
            let targets = [Some(&step.path), step.from.as_ref()];
            let target = targets.into_iter().flatten().find(|path| course.is_target(path)).unwrap();
            let name = target.file_name().unwrap().to_string_lossy();
            if skillmeat_engine::fs::is_ignored(&name) {
                continue; // It is carried inside a target.
            }
            let folder = target.parent().unwrap();
            assert!(
                course.is_flushed_after(swap, folder),
                "{}: {} is not flushed",
                operation.name,
                folder.display()
            );
        }
    }
}

/// How often a deploy of so many files flushes: files, folders, file systems.
fn flushes(files: usize) -> [usize; 3] {
    let sandbox = Sandbox::empty();
    let skill = sandbox.collection().join("skills/review");
    tree!(skill => { "SKILL.md": "---\nname: review\ndescription: Reviews.\n---\n" });
    for file in 1..files {
        std::fs::write(skill.join(format!("{file}.md")), "text").unwrap();
    }
    let project = sandbox.project_text("api");
    let engine = sandbox.engine();
    engine.add_project(&project).unwrap();
    let recording = record(sandbox.path());
    assert_done(&engine.deploy(&deploy_request(&["skill:review"], &project)).unwrap(), Action::Created);
    let steps = recording.steps();
    [Call::FlushFile, Call::FlushFolder, Call::FlushSystem]
        .map(|call| steps.iter().filter(|step| step.call == call).count())
}

#[test]
fn many_files_are_flushed_as_often_as_few() {
    let few = flushes(2);
    assert_eq!(flushes(40), few);
    assert!(few[2] <= 2, "a deploy flushes {few:?}");
}
