//! Listing and describing whole collections on a real disk.

use super::{Collection, create};
#[cfg(unix)]
use super::{FOLDER, Names, names};
#[cfg(unix)]
use crate::error::Severity;
use crate::error::{Code, Problem};
use crate::fs::Root;
use crate::path::RelPath;
#[cfg(unix)]
use std::os::unix::fs::symlink;
use std::path::PathBuf;

struct Sandbox {
    folder: tempfile::TempDir,
}

impl Sandbox {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        create(&Root::open(folder.path()).unwrap(), "c", "2026-01-01T00:00:00Z".parse().unwrap()).unwrap();
        Self { folder }
    }

    fn path(&self, rel: &str) -> PathBuf {
        self.folder.path().join("collections/c").join(rel)
    }

    /// Writes a file and the folders that lead to it.
    fn file(&self, rel: &str, text: &str) -> &Self {
        std::fs::create_dir_all(self.path(rel).parent().unwrap()).unwrap();
        std::fs::write(self.path(rel), text).unwrap();
        self
    }

    fn remove(&self, rel: &str) {
        Root::open(&self.path("")).unwrap().remove(&RelPath::new(rel).unwrap()).unwrap();
    }

    fn entries(&self, entries: &[(&str, &str, &str)]) -> &Self {
        let entry = |(kind, name, path): &(&str, &str, &str)| {
            format!(
                "[[artifacts]]\ntype = \"{kind}\"\nname = \"{name}\"\npath = \"{path}\"\norigin = \"local\"\n"
            )
        };
        self.file("collection.toml", &entries.iter().map(entry).collect::<String>())
    }

    fn open(&self) -> Collection {
        Collection::open(&Root::open(self.folder.path()).unwrap(), "c").unwrap()
    }

    fn ids(&self) -> Vec<String> {
        self.open().list().artifacts.iter().map(|found| found.id.to_string()).collect()
    }

    fn problems(&self) -> Vec<(Code, String)> {
        let subject = |problem: Problem| (problem.code, problem.subject.unwrap_or_default());
        self.open().list().problems.into_iter().map(subject).collect()
    }
}

#[test]
fn all_three_kinds_are_found_at_any_depth() {
    let sandbox = Sandbox::new();
    sandbox.file("skills/review/SKILL.md", "x").file("skills/review/commands/not-one.md", "x");
    sandbox.file("skills/docs/pdf/SKILL.md", "x").file("skills/docs/deep/er/est/fill/skill.md", "x");
    sandbox.file("commands/fix.md", "x").file("commands/git/commit.md", "x").file("commands/README.md", "x");
    sandbox.file("agents/a/b/c/d/deep.md", "x").file("agents/notes.txt", "x").file("agents/.draft.md", "x");
    let want = [
        "skill:docs/deep/er/est/fill",
        "skill:docs/pdf",
        "skill:review",
        "command:fix",
        "command:git/commit",
        "agent:a/b/c/d/deep",
    ];
    assert_eq!(sandbox.ids(), want);
    assert_eq!(sandbox.problems(), []);
}

#[test]
fn a_collection_without_collection_toml_is_one() {
    let sandbox = Sandbox::new();
    sandbox.file("commands/fix.md", "x");
    sandbox.remove("collection.toml");
    sandbox.remove("skills");
    assert_eq!((sandbox.ids(), sandbox.problems()), (vec!["command:fix".to_owned()], vec![]));
}

#[cfg(unix)]
#[test]
fn a_skill_without_its_file_is_listed_as_broken() {
    let sandbox = Sandbox::new();
    sandbox.file("skills/half/scripts/run.py", "x");
    std::fs::create_dir(sandbox.path("skills/empty")).unwrap();
    symlink("/etc", sandbox.path("skills/half/scripts/etc")).unwrap();
    let collection = sandbox.open();
    let listing = collection.list();
    assert_eq!(sandbox.ids(), ["skill:empty", "skill:half"]);
    assert_eq!(listing.problems, []);
    for found in &listing.artifacts {
        assert_eq!(found.main_file, None);
        let problems = collection.describe(found).problems;
        assert_eq!(problems.len(), 1);
        assert_eq!((problems[0].code, problems[0].severity), (Code::SourceInvalid, Severity::Refusal));
    }
}

#[cfg(unix)]
#[test]
fn what_cannot_be_listed_is_said() {
    let sandbox = Sandbox::new();
    sandbox
        .file("skills/good/SKILL.md", "x")
        .file("skills/ab:c/SKILL.md", "x")
        .file("skills/back\\slash/SKILL.md", "x");
    sandbox.file("commands/con.md", "x").file("agents/a/b/c/d/e/deep.md", "x");
    symlink("/etc", sandbox.path("skills/etc")).unwrap();
    symlink("../skills/good/SKILL.md", sandbox.path("commands/link.md")).unwrap();
    let mut problems = sandbox.problems();
    problems.sort();
    let want = [
        (Code::PathEscapesRoot, "back\\slash"),
        (Code::InvalidName, "ab:c"),
        (Code::InvalidName, "con"),
        (Code::SourceInvalid, "agents/a/b/c/d/e"),
        (Code::LinkLeavesArtifact, "commands/link.md"),
        (Code::LinkLeavesArtifact, "skills/etc"),
    ];
    assert_eq!(problems, want.map(|(code, subject)| (code, subject.to_owned())));
    assert_eq!(sandbox.ids(), ["skill:good"]);
}

#[cfg(unix)]
#[test]
fn a_kind_folder_that_leads_out_is_not_followed() {
    let sandbox = Sandbox::new();
    let elsewhere = tempfile::tempdir().unwrap();
    std::fs::write(elsewhere.path().join("x.md"), "x").unwrap();
    sandbox.remove("commands");
    symlink(elsewhere.path(), sandbox.path("commands")).unwrap();
    assert_eq!(sandbox.ids(), Vec::<String>::new());
    assert_eq!(sandbox.problems().len(), 1);
}

#[test]
fn entries_are_attached_and_add_what_lies_elsewhere() {
    let sandbox = Sandbox::new();
    sandbox.file("skills/a/SKILL.md", "x").file("imported/b/SKILL.md", "x").file("extra/c.md", "x");
    sandbox.entries(&[
        ("skill", "a", "skills/a"),
        ("skill", "b", "imported/b"),
        ("command", "c.md", "extra/c.md"),
        ("skill", "empty", "imported"),
    ]);
    let listing = sandbox.open().list();
    let ids: Vec<String> = listing.artifacts.iter().map(|found| found.id.to_string()).collect();
    assert_eq!(ids, ["skill:a", "skill:b", "skill:empty", "command:c"]);
    assert!(listing.artifacts.iter().all(|found| found.entry.is_some()));
    assert_eq!(listing.artifacts[1].main_file.as_ref().unwrap().as_str(), "imported/b/SKILL.md");
    assert_eq!(listing.problems, []);
}

#[cfg(unix)]
#[test]
fn entries_that_do_not_fit_the_disk_are_said() {
    let sandbox = Sandbox::new();
    sandbox.file("skills/a/SKILL.md", "x").file("other/a/SKILL.md", "x").file("notes.txt", "x");
    symlink("/etc", sandbox.path("etc")).unwrap();
    sandbox.entries(&[
        ("skill", "gone", "skills/gone"),
        ("skill", "a", "skills/a"),
        ("skill", "again", "skills/a"),
        ("skill", "a", "other/a"),
        ("command", "notes", "notes.txt"),
        ("skill", "out", "etc/ssl"),
    ]);
    let codes: Vec<Code> = sandbox.problems().into_iter().map(|(code, _)| code).collect();
    let want = [
        Code::ArtifactNotFound,
        Code::CollectionInvalid,
        Code::CollectionInvalid,
        Code::PathEscapesRoot,
        Code::NameClash,
    ];
    assert_eq!(codes, want);
    let listing = sandbox.open().list();
    assert_eq!(listing.artifacts.len(), 1);
    assert_eq!(listing.artifacts[0].path.as_str(), "skills/a");
    assert_eq!(listing.artifacts[0].entry.as_ref().unwrap().name, "a");
}

#[test]
fn a_broken_collection_toml_costs_no_artifact() {
    let sandbox = Sandbox::new();
    sandbox.file("skills/a/SKILL.md", "x").file("collection.toml", "[[artifacts]\n");
    assert_eq!(sandbox.ids(), ["skill:a"]);
    assert_eq!(sandbox.problems()[0].0, Code::CollectionInvalid);
}

#[test]
fn a_description_is_the_entry_over_the_main_file() {
    let sandbox = Sandbox::new();
    let skill = "---\nname: a\ntitle: From file\ndescription: From file\nversion: 1\nauthor: F\nlicense: MIT\n\
                 tags: [file, both]\n---\n";
    sandbox.file("skills/a/SKILL.md", skill).file("skills/b/SKILL.md", skill);
    sandbox.file(
        "collection.toml",
        "[[artifacts]]\nname = \"a\"\ntype = \"skill\"\npath = \"skills/a\"\norigin = \"github\"\n\
         resolved_version = \"v3\"\ntags = [\"both\", \"entry\"]\nuuid = \"0123456789abcdef0123456789abcdef\"\n\
         [artifacts.metadata]\ntitle = \"From entry\"\ndescription = \"\"\n",
    );
    let collection = sandbox.open();
    let listing = collection.list();
    let of = |at: usize| collection.describe(&listing.artifacts[at]);
    let (with, without) = (of(0), of(1));
    assert_eq!((with.title.as_deref(), with.description.as_deref()), (Some("From entry"), Some("From file")));
    assert_eq!((with.version.as_deref(), with.origin.as_deref()), (Some("v3"), Some("github")));
    assert_eq!(with.tags, ["both", "entry", "file"]);
    assert_eq!(with.uuid.as_deref(), Some("0123456789abcdef0123456789abcdef"));
    assert_eq!(with.problems, []);
    assert_eq!((without.title.as_deref(), without.version.as_deref()), (Some("From file"), Some("1")));
    assert_eq!((without.origin, without.uuid, without.tags.len()), (None, None, 2));
    // Stored as b, but its document says a.
    assert_eq!(without.problems.len(), 1);
    assert_eq!(without.problems[0].subject.as_deref(), Some("skills/b/SKILL.md"));
}

#[test]
fn a_main_file_that_cannot_be_read_keeps_the_entry() {
    let sandbox = Sandbox::new();
    sandbox.file("skills/a/SKILL.md", "x").entries(&[("skill", "a", "skills/a")]);
    let collection = sandbox.open();
    let listing = collection.list();
    sandbox.remove("skills/a/SKILL.md");
    let description = collection.describe(&listing.artifacts[0]);
    assert_eq!(description.origin.as_deref(), Some("local"));
    assert_eq!((description.problems.len(), description.description), (1, None));
}

#[cfg(unix)]
#[test]
fn a_pipe_or_a_link_that_leads_out_is_no_main_file() {
    let sandbox = Sandbox::new();
    sandbox.file("skills/pipe/x", "x").file("skills/out/x", "x");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        sandbox.path("skills/pipe/pipe"),
        rustix::fs::FileType::Fifo,
        0o600.into(),
        0,
    )
    .unwrap();
    symlink("pipe", sandbox.path("skills/pipe/SKILL.md")).unwrap();
    symlink("/etc/hostname", sandbox.path("skills/out/SKILL.md")).unwrap();
    assert!(sandbox.open().list().artifacts.iter().all(|found| found.main_file.is_none()));
    let root = Root::open(&sandbox.path("")).unwrap();
    let pipe = RelPath::new("skills/pipe/SKILL.md").unwrap();
    assert!(root.read(&pipe, 10).is_err() && root.read_start(&pipe, 10).is_err());
}

#[cfg(unix)]
#[test]
fn every_folder_of_a_usable_name_is_a_collection() {
    let folder = tempfile::tempdir().unwrap();
    let home = Root::open(folder.path()).unwrap();
    assert_eq!(names(&home).unwrap(), Names::default());
    let at = folder.path().join(FOLDER);
    for name in ["work", "default", ".trash", "a:b"] {
        std::fs::create_dir_all(at.join(name)).unwrap();
    }
    std::fs::write(at.join("notes.txt"), "x").unwrap();
    std::os::unix::fs::symlink("/nowhere", at.join("unmounted")).unwrap();
    let found = names(&home).unwrap();
    assert_eq!(found.names, ["default", "unmounted", "work"]);
    assert_eq!(found.problems.len(), 1);
    assert_eq!(found.problems[0].code, Code::InvalidName);
}

#[cfg(unix)]
#[test]
fn a_collection_may_be_a_link_to_a_folder_elsewhere() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::create_dir_all(elsewhere.path().join("skills/a")).unwrap();
    std::fs::write(elsewhere.path().join("skills/a/SKILL.md"), "x").unwrap();
    std::fs::create_dir(folder.path().join(FOLDER)).unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), folder.path().join(FOLDER).join("team")).unwrap();
    let home = Root::open(folder.path()).unwrap();
    assert_eq!(Collection::open(&home, "team").unwrap().list().artifacts.len(), 1);
}

#[test]
fn what_is_not_there_and_what_cannot_be_named_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let home = Root::open(folder.path()).unwrap();
    assert_eq!(Collection::open(&home, "work").unwrap_err().code(), Code::CollectionNotFound);
    for name in ["..", "a/b", "", ".hidden"] {
        assert_eq!(Collection::open(&home, name).unwrap_err().code(), Code::InvalidName, "{name}");
    }
}
