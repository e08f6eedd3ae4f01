//! A disk that refuses the cache: read-only, full.

use super::{FILES, assert_deployed, assert_mended, begun, desktop, file, states, work};
use crate::call::{assert_done, deploy, status, undeploy};
use crate::{mounted, unprivileged};
use skillmeat_engine::Engine;
use skillmeat_engine::deploy::{CacheState, Receipt};
use skillmeat_engine::error::Code;
use skillmeat_engine::feed::Origin;
use skillmeat_engine::plan::Action;
use skillmeat_tests::Sandbox;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_read_only_cache_costs_nothing_but_the_list() {
    if rustix::process::geteuid().is_root() {
        return unprivileged::run("a_read_only_cache_costs_nothing_but_the_list");
    }
    for of_the_folder in [false, true] {
        let (sandbox, engine) = begun();
        let project = sandbox.project_text("api");
        // Everything that an operation keeps beside the cache has its folder from here on.
        undeploy(&engine, &["code-review"], &project);
        deploy(&engine, &["code-review"], &project);
        drop(engine);
        if of_the_folder {
            for name in FILES {
                std::fs::remove_file(desktop(&sandbox).join(name)).unwrap();
            }
            set_mode(&desktop(&sandbox), 0o555);
        } else {
            set_mode(&file(&sandbox), 0o444);
        }
        let engine = sandbox.engine();
        assert_eq!(states(&work(&sandbox, &engine)), [CacheState::Stale; 2]);
        let codes: Vec<Code> =
            engine.library_snapshot().unwrap().problems.iter().map(|problem| problem.code).collect();
        assert_eq!(codes, [Code::CacheStale]);
        assert_eq!(status(&engine, &project).len(), 1);

        set_mode(&desktop(&sandbox), 0o755);
        if !of_the_folder {
            set_mode(&file(&sandbox), 0o644);
        }
        assert_mended(&sandbox, &engine);
        assert_eq!(engine.library_snapshot().unwrap().problems, [], "it is in its file again");
    }
}

/// A home whose cache lies on a small disk of its own, so that filling it leaves everything else alone.
fn small_disk(sandbox: &Sandbox, size: &str) -> mounted::Mounted {
    let small = sandbox.path().join("small");
    std::fs::create_dir(&small).unwrap();
    std::fs::create_dir_all(desktop(sandbox)).unwrap();
    let disk = mounted::Mounted::new(&small, size);
    std::os::unix::fs::symlink(small.join("cache.sqlite"), file(sandbox)).unwrap();
    disk
}

/// Takes all the space there is.
fn fill(sandbox: &Sandbox) -> PathBuf {
    let ballast = sandbox.path().join("small/ballast");
    let mut open = std::fs::File::create(&ballast).unwrap();
    while std::io::Write::write_all(&mut open, &[0; 4096]).is_ok() {}
    ballast
}

#[test]
fn a_cache_without_space_is_left_behind_and_caught_up_with() {
    if !mounted::as_root("a_cache_without_space_is_left_behind_and_caught_up_with") {
        return;
    }
    let sandbox = Sandbox::new();
    let _disk = small_disk(&sandbox, "2m");
    let engine = sandbox.engine();
    engine.resync(Origin::Startup).unwrap();
    deploy(&engine, &["code-review"], &sandbox.project_text("api"));
    let ballast = fill(&sandbox);
    let receipts = work_until_full(&sandbox, &engine);
    assert!(states(&receipts).contains(&CacheState::Stale), "the disk was not full");
    std::fs::remove_file(ballast).unwrap();
    assert_mended(&sandbox, &engine);
    drop(engine);
}

/// Deploys and undeploys until so much is written that a full disk shows.
fn work_until_full(sandbox: &Sandbox, engine: &Engine) -> Vec<Receipt> {
    let project = sandbox.project_text("api");
    let mut receipts = Vec::new();
    for _ in 0..200 {
        receipts.push(deploy(engine, &["release-notes"], &project));
        assert_deployed(sandbox, &["code-review", "release-notes"]);
        receipts.push(undeploy(engine, &["release-notes"], &project));
        assert_deployed(sandbox, &["code-review"]);
        if receipts.iter().any(|receipt| receipt.cache == CacheState::Stale) {
            break;
        }
    }
    receipts
}

#[test]
fn a_start_without_space_works_in_memory_and_moves_to_the_file_later() {
    if !mounted::as_root("a_start_without_space_works_in_memory_and_moves_to_the_file_later") {
        return;
    }
    let sandbox = Sandbox::new();
    let _disk = small_disk(&sandbox, "512k");
    let ballast = fill(&sandbox);
    let engine = sandbox.engine();
    let receipt = deploy(&engine, &["code-review"], &sandbox.project_text("api"));
    assert_done(&receipt, Action::Created);
    assert_eq!(receipt.cache, CacheState::Stale);
    assert_deployed(&sandbox, &["code-review"]);
    std::fs::remove_file(ballast).unwrap();
    assert_mended(&sandbox, &engine);
    drop(engine);
}
