//! Killed at any moment: a process that deploys, updates and undeploys without end is ended by `SIGKILL`, and the next
//! start finds each project entirely old or entirely new.
//!
//! The killed process is this test's own binary once more ([`works_when_asked`]); what tidies up is `skm doctor`. The
//! normal suite kills 25 times, `SKILLMEAT_KILLS=500 cargo test -p skillmeat-tests --test it kill` for longer; it prints
//! where the kills hit. `SKILLMEAT_KILLS_AT=/some/folder` has it on another disk than memory.

mod scene;
mod worker;

use crate::fuzz::input::Random;
use scene::{Scene, Version};
use skillmeat_tests::Sandbox;
use std::collections::BTreeMap;
use std::time::Duration;
use worker::{Told, Worker};

const KILLS: u64 = 25;
/// A process is killed within so many milliseconds, or within the time that one operation takes where that is longer.
const WITHIN: usize = 120;

#[test]
fn a_killed_process_leaves_each_project_old_or_new() {
    let kills = std::env::var("SKILLMEAT_KILLS").map_or(KILLS, |kills| kills.parse().expect("a number"));
    let seed = std::env::var("SKILLMEAT_SEED").map_or(1, |seed| seed.parse().expect("a number"));
    let mut random = Random::new(seed);
    let scene = Scene::new(&mut random);
    let mut states = [None; scene::PROJECTS.len()];
    let mut figures = BTreeMap::<String, u64>::new();
    let within = WITHIN.max(scene.time_of_an_operation());
    for kill in 0..kills {
        let mut worker = Worker::start(&scene.sandbox, random.next());
        // Now and then it is killed while it starts and looks for what the one before it left.
        if !random.one_in(8) {
            worker.wait_until_ready();
            worker.wait_for_ends(random.below(3));
        }
        std::thread::sleep(Duration::from_millis(random.below(within + 1) as u64));
        let told = worker.kill();
        let hit = scene.where_it_hit(&states, &told);
        *figures.entry(hit.clone()).or_default() += 1;
        let wrong = scene.restarted(&mut states, &told, &mut figures);
        assert!(wrong.is_empty(), "kill {kill} of seed {seed}, {hit}, {told:?}:\n{}", wrong.join("\n"));
    }
    tell(kills, &figures);
    scene.undo_some();
}

#[allow(clippy::print_stderr, reason = "whoever kills for long wants the figures")]
fn tell(kills: u64, figures: &BTreeMap<String, u64>) {
    for (what, times) in figures {
        eprintln!("{times:5} of {kills}  {what}");
    }
}

/// Does nothing but in the processes that the test above starts.
#[test]
fn works_when_asked() {
    if let Some(order) = worker::order() {
        worker::work(&Sandbox::existing(&order.sandbox), order.seed);
    }
}

/// What a project holds after an operation that was acknowledged, and what it may hold too when one was cut off.
fn expected(before: Option<Version>, told: &[Told]) -> (Option<Version>, Option<Option<Version>>) {
    let (mut now, mut running) = (before, None);
    for line in told {
        match line {
            Told::Ready | Told::Failed(_) => {}
            Told::Began(version) => running = Some(*version),
            Told::Ended => now = running.take().expect("a beginning before an end"),
        }
    }
    (now, running)
}
