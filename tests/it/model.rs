//! Random sequences against a model in memory: operations, edits by somebody else, failing disks, crashes.
//!
//! After each step the disk of every project (bytes, modes, links), the records, the three-way status, the cache and
//! the history are what the model says; nothing temporary is left; no content that was in a project is gone from
//! project and trash both.
//!
//! A failing sequence is made as short as it gets and printed. The normal suite runs the same few every time;
//! `PROPTEST_CASES=5000 SKILLMEAT_SEED=7 cargo test -p skillmeat-tests --test it model` runs others, for long.

mod acts;
mod compare;
mod crash;
mod edits;
mod found;
mod merge;
mod run;
mod source;
mod sync;
mod tree;
mod undo;
mod world;

use acts::Act;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use run::{Run, Wrong};
use skillmeat_engine::plan::{OnConflict, UndoRequest};
use skillmeat_tests::DiskSnapshot;
use std::fmt::Debug;

/// Sequences of each kind in the normal suite.
const CASES: u32 = 24;

#[test]
fn whatever_happens_the_disk_is_what_the_model_says() {
    each(acts::anything(), |acts| {
        let mut run = Run::new();
        all(&mut run, &acts)?;
        run.resync();
        run.compare()
    });
}

#[test]
fn undoing_everything_newest_first_gives_the_tree_of_the_start() {
    each(acts::operations(), |(before, acts)| undone_to_the_start(&before, &acts));
}

/// Updates and pushes need to know what was deployed, and an operation that is cut off may leave that unknown: so nothing is
/// cut off here.
#[test]
fn updates_and_pushes_leave_what_the_model_says() {
    each(acts::syncing(), |acts| {
        let mut run = Run::new();
        all(&mut run, &acts)?;
        run.resync();
        run.compare()
    });
}

/// Does `acts` and undoes all of them; what there was after `before` must be there again.
fn undone_to_the_start(before: &[Act], acts: &[Act]) -> Result<(), Wrong> {
    let mut run = Run::new();
    all(&mut run, before)?;
    let start: Vec<_> = world::PROJECTS.iter().map(|name| whole(&run, name)).collect();
    all(&mut run, acts)?;
    run.reopen()?;
    while let Some(newest) = run.world.newest().cloned() {
        run.step(&Act::Ask(acts::Ask::UndoNewest { choice: OnConflict::Stop }))?;
        if run.world.newest().is_some_and(|still| still.id == newest.id) {
            return Err(format!("{newest:?} cannot be undone"));
        }
    }
    if run.engine().undo(&UndoRequest::default()).is_ok() {
        return Err("something is left to undo".to_owned());
    }
    for (name, before) in world::PROJECTS.iter().zip(start) {
        let difference = before.difference(&whole(&run, name));
        if !difference.is_empty() {
            return Err(format!("{name} is not as at the start:\n{difference}"));
        }
    }
    Ok(())
}

/// Does nothing but in the processes that the tests above start.
#[test]
fn ends_when_asked() {
    crash::run_if_asked();
}

/// A project, manifests included, without what S8 leaves out: lock files, and a profile root that holds only one.
fn whole(run: &Run, name: &str) -> DiskSnapshot {
    let mut disk = DiskSnapshot::of(&run.sandbox.project(name));
    for root in world::ROOTS {
        disk = disk.without(&format!("{root}/..skillmeat-deployed.toml.skillmeat-lock"));
        if disk.below(root).paths() == [root] {
            disk = disk.without(root);
        }
    }
    disk
}

fn all(run: &mut Run, acts: &[Act]) -> Result<(), Wrong> {
    for (index, act) in acts.iter().enumerate() {
        run.step(act).map_err(|wrong| format!("after step {}, {act:?}:\n{wrong}", index + 1))?;
    }
    Ok(())
}

/// Runs `check` on drawn sequences.
fn each<S>(drawn: S, check: impl Fn(S::Value) -> Result<(), Wrong>)
where
    S: Strategy,
    S::Value: Debug,
{
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse().expect("a number"));
    let cases = number("PROPTEST_CASES").and_then(|cases| u32::try_from(cases).ok()).unwrap_or(CASES);
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 2000, ..Config::default() };
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&number("SKILLMEAT_SEED").unwrap_or(1_u64).to_le_bytes());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(config, random);
    match runner.run(&drawn, |acts| check(acts).map_err(TestCaseError::fail)) {
        Ok(()) => {}
        Err(TestError::Fail(reason, acts)) => panic!("{reason}\nof {acts:#?}"),
        Err(error) => panic!("{error}"),
    }
}
