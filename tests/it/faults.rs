//! The disk fails, at every call of every operation.

mod batch;
mod curated;
mod durability;
mod operations;
mod pushes;
mod shipped;
mod taken_over;
mod traced;

use operations::{OPERATIONS, operation};
use rustix::io::Errno;
use skillmeat_engine::fs::fault::Fault;
use skillmeat_tests::faults::{Walk, run_if_asked};

/// One test for each operation, so that they run side by side.
macro_rules! walks {
    ($($test:ident: $name:literal),* $(,)?) => { $(
        mod $test {
            use super::*;

            #[test]
            fn a_broken_disk_leaves_old_or_new() {
                Walk::of(operation($name)).each_call(Fault::Once(Errno::IO));
            }

            /// What is refused, and not broken, takes other ways in some places.
            #[test]
            fn a_refusal_leaves_old_or_new() {
                Walk::of(operation($name)).each_call(Fault::Once(Errno::ACCESS));
            }

            #[test]
            fn a_full_disk_leaves_old_or_new() {
                let walk = Walk::of(operation($name));
                walk.each_call(Fault::Once(Errno::NOSPC));
                walk.each_call(Fault::From(Errno::NOSPC));
                walk.each_call(Fault::Short);
            }

            #[test]
            fn a_crash_leaves_old_or_new() {
                Walk::of(operation($name)).each_crash("faults::crashes_when_asked");
            }
        }
    )* };
}

walks! {
    deploy: "deploy",
    update: "update",
    update_carrying: "update-carrying",
    overwrite: "overwrite",
    undeploy: "undeploy",
    undeploy_edited: "undeploy-edited",
    two_projects: "two-projects",
    merge: "merge",
    resolve: "resolve",
    undo_merge: "undo-merge",
    undo_deploy: "undo-deploy",
    undo_overwrite: "undo-overwrite",
    undo_undeploy: "undo-undeploy",
    collect: "collect",
    collect_replace: "collect-replace",
    collect_remove: "collect-remove",
    undo_collect_replace: "undo-collect-replace",
    set: "set",
    undo_set: "undo-set",
    group_rename: "group-rename",
    undo_group_rename: "undo-group-rename",
    batch_deploy: "batch-deploy",
    batch_undeploy: "batch-undeploy",
    undo_batch: "undo-batch",
    import: "import",
    undo_import: "undo-import",
    push: "push",
    push_kept: "push-kept",
    undo_push: "undo-push",
    remove: "remove",
    tag: "tag",
    take_over: "take-over",
}

/// What it is made of is walked above, in every way; it takes long.
mod import_database {
    use super::*;

    #[test]
    fn a_broken_disk_leaves_old_or_new() {
        Walk::of(operation("import-database")).each_call(Fault::Once(Errno::IO));
    }

    #[test]
    fn a_crash_leaves_old_or_new() {
        Walk::of(operation("import-database")).each_crash("faults::crashes_when_asked");
    }
}

/// Some projects have it then, and others do not.
#[test]
fn a_batch_that_was_cut_off_can_be_undone() {
    Walk::of(operation("batch-deploy")).each_crash_can_be_undone("faults::crashes_when_asked");
}

/// Where nothing can be exchanged in one step, two renames do it, and the target is absent in between.
#[test]
fn without_exchange_a_failing_call_leaves_old_or_new() {
    Walk::of(operation("update-carrying")).without_exchange().each_call(Fault::Once(Errno::IO));
}

#[test]
fn without_exchange_a_crash_leaves_old_or_new() {
    let walk = Walk::of(operation("update-carrying")).without_exchange();
    walk.each_crash("faults::crashes_when_asked");
}

/// A disk that can only be read, and a process that may open no more files.
#[test]
fn what_a_system_refuses_besides_leaves_old_or_new() {
    let walk = Walk::of(operation("update"));
    for errno in [Errno::ROFS, Errno::MFILE] {
        walk.each_call(Fault::Once(errno));
    }
}

/// Does nothing but in the processes that the tests above start.
#[test]
fn crashes_when_asked() {
    run_if_asked(&OPERATIONS);
}
