//! How long it takes to resolve a set. `cargo xtask bench` runs this: `resolve ROUNDS` prints, for each round, the nanoseconds
//! of five levels with 200 members and with 2,000, of 20 levels that one way leads through, and of 20 levels of two sets
//! each that hold both of the next: 2^20 ways.
#![allow(clippy::expect_used, clippy::print_stdout, reason = "a program of its own that measures and prints")]

use skillmeat_engine::sets::{DeploymentSet, Member, Model, resolve};
use std::time::Instant;

/// Resolutions that one measurement takes the middle of.
const TIMES: usize = 25;
const LEVELS: usize = 5;
const DEEP: usize = 20;

fn main() {
    let rounds = std::env::args().nth(1).and_then(|text| text.parse::<usize>().ok()).expect("a number");
    let models = [(levels(200), 200), (levels(2000), 2000), (tower(1), DEEP), (tower(2), 2 * DEEP - 1)];
    for round in 0..=rounds {
        let taken: Vec<String> =
            models.iter().map(|(model, count)| middle(model, *count).to_string()).collect();
        // The first one warms up.
        if round > 0 {
            println!("{}", taken.join(" "));
        }
    }
}

/// The middle time of resolving the first set, which must come to so many artifacts.
fn middle(model: &Model, count: usize) -> u128 {
    let known = |_: &str, id: &str| Some(id.to_owned());
    let once = || {
        let begun = Instant::now();
        let found = resolve(model, &model.sets[0], &known).expect("a resolution");
        let taken = begun.elapsed().as_nanos();
        assert_eq!(found.artifacts.len(), count, "what is not done takes no time");
        taken
    };
    let mut times: Vec<u128> = (0..TIMES).map(|_| once()).collect();
    times.sort_unstable();
    times[TIMES / 2]
}

fn model(sets: Vec<DeploymentSet>) -> Model {
    let mut model = Model::default();
    (model.collection, model.sets) = ("default".to_owned(), sets);
    model
}

fn set(id: String, members: Vec<Member>) -> DeploymentSet {
    DeploymentSet { name: id.clone(), id, members, ..DeploymentSet::default() }
}

fn artifact(number: usize) -> Member {
    Member::Artifact { artifact_id: format!("skill:s{number}"), collection: None }
}

/// Each level holds its share of the artifacts, and the next level.
fn levels(artifacts: usize) -> Model {
    let each = artifacts / LEVELS;
    let level = |at: usize| {
        let mut members: Vec<Member> = (0..each).map(|number| artifact(at * each + number)).collect();
        if at + 1 < LEVELS {
            members.push(Member::Set { set_id: format!("level{}", at + 1) });
        }
        set(format!("level{at}"), members)
    };
    model((0..LEVELS).map(level).collect())
}

/// So many sets on each level below the first; each holds an artifact and all sets of the next level.
fn tower(width: usize) -> Model {
    let name = |level: usize, at: usize| format!("{level}-{at}");
    let mut sets = Vec::new();
    for level in 0..DEEP {
        for at in 0..if level == 0 { 1 } else { width } {
            let mut members = vec![artifact(level * width + at)];
            if level + 1 < DEEP {
                members.extend((0..width).map(|next| Member::Set { set_id: name(level + 1, next) }));
            }
            sets.push(set(name(level, at), members));
        }
    }
    model(sets)
}
