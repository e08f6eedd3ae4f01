//! Artifacts that are no source, or change while they are copied.

use crate::call::{assert_done, assert_failed, deploy, deploy_request, deploy_with, only};
use skillmeat_engine::deploy::Outcome;
use skillmeat_engine::error::Code;
use skillmeat_engine::fs::{MAX_BYTES, Root};
use skillmeat_engine::path::RelPath;
use skillmeat_engine::plan::{Action, OnConflict};
use skillmeat_tests::{DiskSnapshot, Node, Sandbox, folder, skill};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// What makes an artifact no source, where that is, and what is said of it.
type Flaw = (fn(&Path), &'static str, Code);

#[test]
fn what_is_no_source_is_named_in_the_plan_and_never_replaces_a_good_copy() {
    let flaws: [Flaw; 5] = [
        (
            |at| std::fs::File::create(at.join("model.bin")).unwrap().set_len(MAX_BYTES + 1).unwrap(),
            "/model.bin",
            Code::SourceTooLarge,
        ),
        (
            |at| rustix::fs::mkfifoat(rustix::fs::CWD, at.join("pipe"), rustix::fs::Mode::RWXU).unwrap(),
            "/pipe",
            Code::SourceInvalid,
        ),
        (|at| skillmeat_tests::link("/etc").put(&at.join("etc")), "/etc", Code::LinkLeavesArtifact),
        (|at| folder().put(&at.join("d/".repeat(100))), "/d", Code::SourceInvalid),
        (|at| std::fs::remove_file(at.join("SKILL.md")).unwrap(), "/code-review", Code::SourceInvalid),
    ];
    for (spoil, subject, code) in flaws {
        let sandbox = Sandbox::new();
        let (at, project) = (sandbox.project("api"), sandbox.project_text("api"));
        let engine = sandbox.engine();
        deploy(&engine, &["code-review"], &project);
        let before = DiskSnapshot::of(&at);
        spoil(&sandbox.collection().join("skills/code-review"));
        let plan = engine.plan_deploy(&deploy_request(&["code-review"], &project)).unwrap();
        let problem = plan.items[0].problem.clone().expect("a refusal");
        let told = problem.subject.clone().unwrap_or_default();
        assert_eq!((problem.code, told.ends_with(subject)), (code, true), "{problem:?}");
        assert_failed(&deploy_with(&engine, &["code-review"], &project, OnConflict::Overwrite), code);
        before.assert_same(&DiskSnapshot::of(&at));
        assert_done(&deploy(&engine, &["release-notes"], &project), Action::Created);
    }
}

/// Ends the writer however the test ends.
struct Stops<'a>(&'a AtomicBool);

impl Drop for Stops<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Every answer is a copy that is whole and recorded as what it is, or says that the source would not stand still.
#[test]
fn a_source_that_is_written_all_the_time_gives_whole_copies_or_none() {
    let sandbox = Sandbox::new();
    skill(&sandbox.collection(), "busy");
    let (source, stop) = (sandbox.collection().join("skills/busy"), AtomicBool::new(false));
    let engine = sandbox.engine();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for round in (0_usize..).take_while(|_| !stop.load(Ordering::Relaxed)) {
                Node::from("x".repeat(round % 5_000)).put(&source.join("references/guide.md"));
                Node::from("y").put(&source.join(format!("references/{}.md", round % 7)));
                let _ = std::fs::remove_file(source.join(format!("references/{}.md", (round + 3) % 7)));
            }
        });
        let _stops = Stops(&stop);
        for round in 0..25 {
            let (at, project) =
                (sandbox.project(&round.to_string()), sandbox.project_text(&round.to_string()));
            let receipt = deploy(&engine, &["skill:busy"], &project);
            let (result, copy) = (only(&receipt), at.join(".claude/skills/busy"));
            if result.status == Outcome::Success {
                let (root, rel) = (Root::open(&at).unwrap(), RelPath::new(".claude/skills/busy").unwrap());
                let hash = root.hash(&rel, &root.survey(&rel).unwrap().unwrap()).unwrap();
                let manifest = std::fs::read_to_string(at.join(".claude/.skillmeat-deployed.toml")).unwrap();
                assert!(manifest.contains(hash.as_str()), "{round}: the record is of the copy");
            } else {
                assert_failed(&receipt, Code::SourceInvalid);
                assert!(!copy.exists() && !at.join(".claude/.skillmeat-stage").exists());
            }
        }
    });
    assert_done(&deploy(&engine, &["skill:busy"], &sandbox.project_text("rest")), Action::Created);
}
