//! A folder that is exchanged for a link, and back, all the time while we work in it.

use crate::call::{deploy, undeploy};
use skillmeat_tests::{DiskSnapshot, Sandbox, link, tree};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const ROUNDS: usize = 50;

/// Exchanges two entries again and again until it is told to stop; the one that was first is first again then. It is
/// away for short moments only and after uneven pauses, so that operations get far enough to be hit in the middle.
fn flip(one: &Path, other: &Path, stop: &AtomicBool) -> usize {
    let (mut flips, mut uneven) = (0, 1_u64);
    while !stop.load(Ordering::Relaxed) || flips % 2 == 1 {
        uneven = uneven.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let most = if flips % 2 == 0 { 2_000 } else { 150 };
        let pause = Duration::from_micros((uneven >> 33) % most);
        let begun = Instant::now();
        while begun.elapsed() < pause {
            std::hint::spin_loop();
        }
        let (cwd, flags) = (rustix::fs::CWD, rustix::fs::RenameFlags::EXCHANGE);
        // The engine may have moved one of them away for a moment.
        flips += usize::from(rustix::fs::renameat_with(cwd, one, cwd, other, flags).is_ok());
    }
    flips
}

/// Deploys and undeploys while `folder` is exchanged with a link to `outside`, which looks like a deployment of ours
/// and must stay as it is.
fn worked_beside(sandbox: &Sandbox, folder: &Path, outside: &Path) {
    let project = sandbox.project_text("api");
    let decoy = sandbox.path().join("decoy");
    link(outside.to_str().unwrap()).put(&decoy);
    std::fs::create_dir_all(folder).unwrap();
    let (before, stop) = (DiskSnapshot::of(outside), AtomicBool::new(false));
    let engine = sandbox.engine();
    let done = std::thread::scope(|scope| {
        let flips = scope.spawn(|| flip(folder, &decoy, &stop));
        let mut done = 0;
        for _ in 0..ROUNDS {
            for ids in [&["code-review"][..], &["fresh"]] {
                let deployed = engine.deploy(&crate::call::deploy_request(ids, &project));
                let undeployed = engine.undeploy(&crate::call::undeploy_request(ids, &project));
                done +=
                    [deployed, undeployed].iter().flatten().map(|told| told.totals.succeeded).sum::<u64>();
            }
        }
        stop.store(true, Ordering::Relaxed);
        assert!(flips.join().unwrap() > 2, "the folder was exchanged all the time");
        done
    });
    before.assert_same(&DiskSnapshot::of(outside));
    assert!(done > 0, "nothing ever worked, so nothing was tried");
    assert_eq!(deploy(&engine, &["release-notes"], &project).totals.succeeded, 1, "and it still works");
    assert_eq!(undeploy(&engine, &["release-notes"], &project).totals.succeeded, 1);
}

/// A folder outside that holds what a deploy of `code-review` would have left, records and all, and not what one of
/// `fresh` would: so that both a removal and a copy that go astray show.
fn outside(sandbox: &Sandbox) -> std::path::PathBuf {
    let like = sandbox.project("like");
    deploy(&sandbox.engine(), &["code-review", "changelog"], like.to_str().unwrap());
    skillmeat_tests::skill(&sandbox.collection(), "fresh");
    let outside = sandbox.path().join("outside");
    std::fs::rename(&like, &outside).unwrap();
    tree!(outside => { "precious": "not yours" });
    outside
}

#[test]
fn a_profile_folder_that_is_a_link_every_other_moment() {
    let sandbox = Sandbox::new();
    let outside = outside(&sandbox).join(".claude");
    worked_beside(&sandbox, &sandbox.project("api").join(".claude"), &outside);
}

#[test]
fn a_kind_folder_that_is_a_link_every_other_moment() {
    let sandbox = Sandbox::new();
    let outside = outside(&sandbox).join(".claude/skills");
    worked_beside(&sandbox, &sandbox.project("api").join(".claude/skills"), &outside);
}

#[test]
fn a_copy_that_is_a_link_every_other_moment() {
    let sandbox = Sandbox::new();
    let outside = outside(&sandbox).join(".claude/skills/code-review");
    worked_beside(&sandbox, &sandbox.project("api").join(".claude/skills/code-review"), &outside);
}

/// The home folder cannot be a project, so that whatever is written there got there by a swap.
#[test]
fn a_project_that_is_a_link_every_other_moment() {
    let sandbox = Sandbox::new();
    let like = outside(&sandbox);
    std::fs::rename(like.join(".claude"), sandbox.person().join(".claude")).unwrap();
    let project = sandbox.project("api");
    tree!(project => { ".claude/skills/kept/SKILL.md": "mine" });
    let (decoy, kept) = (sandbox.path().join("decoy"), sandbox.person().join(".claude"));
    link(sandbox.person().to_str().unwrap()).put(&decoy);
    let (before, stop) = (DiskSnapshot::of(&kept), AtomicBool::new(false));
    let (engine, text) = (sandbox.engine(), sandbox.project_text("api"));
    std::thread::scope(|scope| {
        let flips = scope.spawn(|| flip(&project, &decoy, &stop));
        for _ in 0..ROUNDS {
            let _ = engine.deploy(&crate::call::deploy_request(&["fresh", "changelog"], &text));
            let _ = engine.undeploy(&crate::call::undeploy_request(&["code-review", "changelog"], &text));
        }
        stop.store(true, Ordering::Relaxed);
        assert!(flips.join().unwrap() > 2, "the folder was exchanged all the time");
    });
    before.assert_same(&DiskSnapshot::of(&kept));
}
