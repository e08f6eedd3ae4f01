//! Sequences that went wrong once.

use super::acts::{Act, Ask, Cut, Edit, Spot};
use super::run::{Run, Wrong};
use super::{all, undone_to_the_start};
use skillmeat_engine::plan::{OnConflict, UndoRequest};

const STOP: OnConflict = OnConflict::Stop;
const COMMAND: Spot = Spot { project: 0, place: 2 };

fn deploy(artifact: usize) -> Act {
    let (artifacts, projects, profiles) = (vec![artifact], vec![0], vec![0]);
    Act::Ask(Ask::Deploy { artifacts, projects, profiles, choice: STOP })
}

fn undeploy(artifact: usize) -> Act {
    let (artifacts, projects) = (vec![artifact], vec![0]);
    Act::Ask(Ask::Undeploy { artifacts, projects, profiles: Vec::new(), discard: false })
}

fn undo(choice: OnConflict) -> Act {
    Act::Ask(Ask::UndoNewest { choice })
}

/// A folder with a `.venv` stands where a file is to be; the `.venv` has no place in it.
#[test]
fn a_folder_in_the_place_of_a_file_goes_with_all_that_is_in_it() -> Result<(), Wrong> {
    let overwrite = Act::Ask(Ask::Deploy {
        artifacts: vec![2],
        projects: vec![0],
        profiles: vec![0],
        choice: OnConflict::Overwrite,
    });
    all(&mut Run::new(), &[Act::Edit(COMMAND, Edit::RecordUnfiltered), deploy(2), overwrite, undo(STOP)])?;
    let put = Act::Edit(COMMAND, Edit::PutFolder);
    all(&mut Run::new(), &[deploy(2), undeploy(2), put, undo(OnConflict::Overwrite)])
}

/// The operation is undone in part then, and nobody would have been asked to go on with it.
#[test]
fn an_undo_that_was_cut_off_is_gone_on_with_by_the_next() -> Result<(), Wrong> {
    let both =
        Ask::Deploy { artifacts: vec![0, 1], projects: vec![0, 1], profiles: vec![0, 1], choice: STOP };
    for at in (50..400).step_by(50) {
        let cut = Act::Cut(Ask::UndoNewest { choice: STOP }, Cut::FailsFrom(at));
        undone_to_the_start(&[], &[Act::Ask(both.clone()), cut])?;
    }
    Ok(())
}

/// Somebody took away by hand what it had made, so undoing it changes nothing, however often.
#[test]
fn an_operation_of_which_nothing_is_left_does_not_hide_the_one_before_it() -> Result<(), Wrong> {
    let mut run = Run::new();
    all(&mut run, &[deploy(0), deploy(1)])?;
    let root = run.folder(0).join(".claude");
    let manifest = root.join(".skillmeat-deployed.toml");
    let text = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(&manifest, &text[..text.rfind("[[deployed]]").unwrap()]).unwrap();
    std::fs::remove_dir_all(root.join("skills/beta")).unwrap();
    let receipt = run.engine().undo(&UndoRequest::default()).unwrap();
    assert_eq!((receipt.totals.succeeded, receipt.totals.failed), (1, 0), "{receipt:?}");
    assert!(!root.join("skills").exists());
    Ok(())
}

/// Only a part of an undeploy is done again, so the manifest is not one that was there before.
#[test]
fn a_manifest_of_somebody_else_comes_back_to_the_letter() -> Result<(), Wrong> {
    let spot = Spot { project: 0, place: 3 };
    let deploy = Ask::Deploy { artifacts: vec![1], projects: vec![0], profiles: vec![1], choice: STOP };
    let undeploy =
        Ask::Undeploy { artifacts: vec![0, 1], projects: vec![0], profiles: Vec::new(), discard: true };
    let acts = [Act::Ask(deploy), Act::Ask(undeploy), undo(STOP), Act::Ask(Ask::Redo)];
    undone_to_the_start(&[Act::Edit(spot, Edit::RecordUnfiltered)], &acts)
}

/// A call that fails once may be the one by which the operation learns which folders are ours.
#[test]
fn whatever_fails_once_while_an_operation_is_undone_its_folders_go_in_the_end() -> Result<(), Wrong> {
    let both = Ask::Deploy { artifacts: vec![0, 1], projects: vec![0, 1], profiles: vec![0], choice: STOP };
    for at in 150..250 {
        let cut = Act::Cut(Ask::UndoNewest { choice: STOP }, Cut::FailsOnce(at));
        undone_to_the_start(&[], &[Act::Ask(both.clone()), cut])?;
    }
    Ok(())
}

/// What somebody's own tools left in a folder that the older content has not.
#[test]
fn an_undo_asks_about_what_it_has_no_folder_for() -> Result<(), Wrong> {
    let spot = Spot { project: 0, place: 0 };
    let before = [Act::Edit(spot, Edit::RecordOther), deploy(0), Act::Edit(spot, Edit::AddCompiled)];
    all(&mut Run::new(), &[&before[..], &[undo(STOP), undo(OnConflict::Overwrite)]].concat())
}

/// Somebody put a folder of their own where an older operation had made one that is gone by now.
#[test]
fn undoing_an_older_deploy_takes_away_what_stands_there_now() -> Result<(), Wrong> {
    let spot = Spot { project: 0, place: 3 };
    let deploy = Ask::Deploy { artifacts: vec![0], projects: vec![0], profiles: vec![1], choice: STOP };
    let undeploy =
        Ask::Undeploy { artifacts: vec![0], projects: vec![0], profiles: Vec::new(), discard: false };
    let undo = Ask::UndoThat { back: 1, choice: OnConflict::Overwrite };
    let acts = [Act::Ask(deploy), Act::Ask(undeploy), Act::Edit(spot, Edit::PutFolder), Act::Ask(undo)];
    all(&mut Run::new(), &acts)
}

#[test]
fn whatever_fails_once_while_something_is_deployed_its_folders_go_in_the_end() -> Result<(), Wrong> {
    let both = Ask::Deploy { artifacts: vec![1, 2], projects: vec![0, 1], profiles: vec![0], choice: STOP };
    for at in (100..300).filter(|at| at % 3 == 0) {
        let cut = Act::Cut(both.clone(), Cut::FailsOnce(at));
        undone_to_the_start(&[], &[cut]).map_err(|wrong| format!("at call {at}: {wrong}"))?;
    }
    Ok(())
}
