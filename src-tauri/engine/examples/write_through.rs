//! How long it takes to write one deployment through to the cache, in a small cache and in a large one, by turns.
//! `cargo xtask bench` runs this: `write_through FOLDER SMALL LARGE ROUNDS` prints, for each round, the nanoseconds
//! that one update took in either.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a program of its own that measures and prints"
)]

use skillmeat_engine::cache::{Cache, DeploymentRow};
use skillmeat_engine::id::ProjectPath;
use skillmeat_engine::path::RelPath;
use skillmeat_engine::status::Status;
use std::path::Path;
use std::time::Instant;

/// Updates that one measurement takes the middle of: a single one is as short as the system's own hiccups.
const UPDATES: usize = 25;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().expect("a folder");
    let mut number = || arguments.next().and_then(|text| text.parse::<usize>().ok()).expect("a number");
    let (small, large, rounds) = (number(), number(), number());
    let caches = [("small", small), ("large", large)].map(|(name, rows)| (fill(&folder, name, rows), rows));
    for round in 0..=rounds {
        let mut order = [0, 1];
        if round % 2 == 1 {
            order.reverse();
        }
        let mut taken = [0; 2];
        for turn in order {
            let (cache, rows) = &caches[turn];
            taken[turn] = middle(
                (0..UPDATES).map(|update| once(cache, (round * 7919 + update * 104_729) % rows, round)),
            );
        }
        // The first one warms up.
        if round > 0 {
            println!("{} {}", taken[0], taken[1]);
        }
    }
}

fn once(cache: &Cache, row: usize, round: usize) -> u128 {
    let changed = DeploymentRow { deployed_at: format!("round {round} of {row}"), ..deployment(row) };
    let begun = Instant::now();
    cache.write(|writer| writer.upsert_deployment(&changed)).expect("a written row");
    begun.elapsed().as_nanos()
}

fn middle(times: impl Iterator<Item = u128>) -> u128 {
    let mut times: Vec<u128> = times.collect();
    times.sort_unstable();
    times[times.len() / 2]
}

fn fill(folder: &str, name: &str, rows: usize) -> Cache {
    let opened = Cache::open(&Path::new(folder).join(name), "cache.sqlite").expect("a cache");
    assert!(opened.problem.is_none(), "{:?}", opened.problem);
    let write_all = |cache: &Cache| {
        cache.write(|writer| {
            (0..rows).try_for_each(|row| writer.upsert_deployment(&deployment(row)).map(drop))
        })
    };
    write_all(&opened.cache).expect("written rows");
    opened.cache
}

/// One of a hundred projects' deployments.
fn deployment(row: usize) -> DeploymentRow {
    let rel = |text: String| RelPath::new(text).expect("a path");
    DeploymentRow {
        artifact_id: format!("skill:bench-{row}"),
        collection: "default".to_owned(),
        project_path: serde_json::from_value::<ProjectPath>(format!("/bench/{}", row % 100).into())
            .expect("a path"),
        project_name: "bench".to_owned(),
        deployed_at: "2026-03-01T12:00:00.000000+00:00".to_owned(),
        content_hash: Some("97a90288b4bdf661970187fd6d79ddb859cd1d9d06d500438afa1f13c557a69e".to_owned()),
        deployment_profile_id: "claude_code".to_owned(),
        platform: Some("claude_code".to_owned()),
        local_modifications: false,
        artifact_path: rel(format!("skills/bench-{row}")),
        profile_root_dir: rel(".claude".to_owned()),
        status: Status::Synced,
        problem: None,
    }
}
