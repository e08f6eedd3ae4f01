//! Every attack through every operation: nothing outside changes, everything is answered, the rest still works.

use super::cases::{self, Case};
use crate::call::deploy_request;
use skillmeat_engine::Engine;
use skillmeat_engine::deploy::{Outcome, Receipt};
use skillmeat_engine::error::{Code, Problem, Result};
use skillmeat_engine::feed::Origin;
use skillmeat_engine::plan::{Action, DeployRequest, OnConflict, UndeployRequest, UpdateRequest};
use skillmeat_tests::{DiskSnapshot, Sandbox, tree};
use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// How many attacks are tried at once: most of the time goes into waiting for the disk.
const WORKERS: usize = 4;

/// Where an attack is laid out.
pub(super) struct Place {
    /// The project that is attacked; it has content of its own in and beside its profile folder.
    pub(super) project: PathBuf,
    /// A folder that must stay as it is.
    pub(super) outside: PathBuf,
    /// `SKILLMEAT_HOME`.
    pub(super) home: PathBuf,
    /// The folder of a collection beside the default one; it need not be one.
    pub(super) odd: PathBuf,
}

impl Place {
    fn new(sandbox: &Sandbox) -> Self {
        let place = Self {
            project: sandbox.project("api"),
            outside: sandbox.path().join("outside"),
            home: sandbox.home(),
            odd: sandbox.home().join("collections/odd"),
        };
        tree!(place.outside => { "victim/SKILL.md": "not yours\n", "skills/victim/SKILL.md": "not yours\n" });
        tree!(place.project => {
            "src/main.rs": "fn main() {}\n",
            "skills/own/SKILL.md": "not yours\n",
            ".git/config": "not yours\n",
            ".git/hooks/pre-commit": "not yours\n",
            "settings.json": "not yours\n",
        });
        place
    }

    pub(super) fn manifest(&self) -> PathBuf {
        self.project.join(".claude/.skillmeat-deployed.toml")
    }

    /// Everything that no operation may change, whatever it is asked.
    fn kept(&self) -> Vec<DiskSnapshot> {
        let project = DiskSnapshot::of(&self.project).without(".claude").without(".agents");
        vec![DiskSnapshot::of(&self.outside), project, DiskSnapshot::of(&self.home.join("collections"))]
    }
}

/// What was answered, as far as it can be wrong: every problem that was told.
#[derive(Default)]
struct Told(Vec<Problem>);

impl Told {
    fn note<T>(&mut self, answer: Result<T>, problems: impl Fn(&T) -> Vec<Problem>) {
        match answer {
            Ok(answer) => self.0.extend(problems(&answer)),
            Err(error) => self.0.push(error.to_problem()),
        }
    }

    fn receipt(&mut self, answer: Result<Receipt>) {
        self.note(answer, |receipt| {
            let failed = |result: &&skillmeat_engine::deploy::TargetResult| result.status == Outcome::Failed;
            let failures = receipt.results.iter().filter(failed);
            failures.map(|result| result.problem.clone().expect("a failure has a problem")).collect()
        });
    }

    #[track_caller]
    fn assert_sane(&self) {
        for problem in &self.0 {
            assert_ne!(problem.code, Code::Internal, "{problem:?}");
            assert!(problem.subject.is_some(), "{problem:?}");
            assert!(!problem.message.is_empty() && problem.message.len() < 30_000, "{problem:?}");
        }
    }
}

/// Everything that can be asked about a project, in the order in which a person would.
fn everything(engine: &Engine, project: &str) -> Told {
    let mut told = Told::default();
    let profiles = || vec!["claude_code".to_owned(), "codex".to_owned()];
    let deploy = |on_conflict| DeployRequest {
        all: true,
        profiles: profiles(),
        on_conflict,
        ..deploy_request(&[], project)
    };
    let undeploy = |discard_edits| UndeployRequest {
        all: true,
        discard_edits,
        ..crate::call::undeploy_request(&[], project)
    };
    told.note(engine.library_snapshot(), |snapshot| snapshot.problems.clone());
    told.note(engine.add_project(project), |row| row.problems.clone());
    for on_conflict in [OnConflict::Stop, OnConflict::Overwrite] {
        told.note(engine.resync(Origin::Resync), |_| Vec::new());
        told.note(engine.status(&[project.to_owned()]), |report| report.problems.clone());
        told.note(engine.plan_deploy(&deploy(on_conflict)), |plan| {
            plan.items.iter().filter_map(|item| item.problem.clone()).collect()
        });
        told.receipt(engine.undeploy(&undeploy(false)));
        told.receipt(engine.deploy(&deploy(on_conflict)));
        told.receipt(engine.update_deployments(&all_of(project, on_conflict)));
        told.note(engine.plan_push(&all_of(project, on_conflict)), |plan| {
            plan.items.iter().filter_map(|item| item.problem.clone()).collect()
        });
        told.note(engine.status(&[]), |report| report.problems.clone());
        told.note(engine.plan_undeploy(&undeploy(true)), |_| Vec::new());
        told.receipt(engine.undeploy(&undeploy(on_conflict == OnConflict::Overwrite)));
    }
    told.note(engine.resync(Origin::Resync), |_| Vec::new());
    told.note(engine.library_snapshot(), |snapshot| {
        let projects = snapshot.projects.iter().flat_map(|row| row.problems.clone());
        projects.chain(snapshot.collections.iter().flat_map(|row| row.problems.clone())).collect()
    });
    told
}

fn all_of(project: &str, on_conflict: OnConflict) -> UpdateRequest {
    UpdateRequest { all: true, projects: vec![project.to_owned()], on_conflict, ..UpdateRequest::default() }
}

/// Deploys again, and takes whatever is in the project then into the collections. These may change, and nothing else.
fn push_everything(engine: &Engine, project: &str) -> Told {
    let mut told = Told::default();
    let on_conflict = OnConflict::Overwrite;
    told.receipt(engine.deploy(&DeployRequest { all: true, on_conflict, ..deploy_request(&[], project) }));
    told.receipt(engine.push_to_collection(&all_of(project, on_conflict)));
    told
}

/// Tries one attack; what is wrong comes as a panic.
fn attempt(case: &Case) {
    let sandbox = Sandbox::new();
    let place = Place::new(&sandbox);
    (case.lay)(&place);
    let before = place.kept();
    let engine = sandbox.engine();
    everything(&engine, place.project.to_str().unwrap()).assert_sane();
    for (before, after) in before.iter().zip(place.kept()) {
        before.assert_same(&after);
    }
    push_everything(&engine, place.project.to_str().unwrap()).assert_sane();
    for (before, after) in before.iter().zip(place.kept()).take(2) {
        before.assert_same(&after);
    }
    let clean = sandbox.project_text("clean");
    for ids in [["code-review"], ["command:changelog"]] {
        let receipt = engine.deploy(&deploy_request(&ids, &clean)).unwrap();
        assert_eq!(
            (receipt.totals.succeeded, receipt.results[0].action),
            (1, Action::Created),
            "{receipt:?}"
        );
        let receipt = engine.undeploy(&crate::call::undeploy_request(&ids, &clean)).unwrap();
        assert_eq!(receipt.totals.succeeded, 1, "{receipt:?}");
    }
}

/// Tries an attack and gives what is wrong.
fn complaint(case: &Case) -> Option<String> {
    let panic = std::panic::catch_unwind(AssertUnwindSafe(|| attempt(case))).err()?;
    let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    Some(format!("{}: {}", case.name, text.unwrap_or("a panic without a text")))
}

#[test]
fn nothing_hostile_changes_anything_outside_stops_the_rest_or_hangs() {
    let cases = Arc::new(cases::all());
    let (next, (tell, told)) = (Arc::new(AtomicUsize::new(0)), mpsc::channel());
    for _ in 0..WORKERS {
        let (cases, next, tell) = (cases.clone(), next.clone(), tell.clone());
        std::thread::spawn(move || {
            while let Some((at, case)) =
                Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, cases.get(at)?)))
            {
                let _ = tell.send((at, complaint(case)));
            }
        });
    }
    let mut open: BTreeSet<usize> = (0..cases.len()).collect();
    let mut wrong = Vec::new();
    while !open.is_empty() {
        // Only a hang takes this long.
        let Ok((at, said)) = told.recv_timeout(Duration::from_secs(120)) else { break };
        open.remove(&at);
        wrong.extend(said);
    }
    wrong.extend(open.iter().take(WORKERS).map(|&at| format!("{}: it hangs", cases[at].name)));
    assert!(wrong.is_empty(), "{} attacks:\n{}", wrong.len(), wrong.join("\n\n"));
}
