//! Random rounds of edits on both sides, updates, pushes and answers: no edit is lost that nobody gave up.
//!
//! Kept beside it is a naive model: what each file was when the two sides last agreed about it, and what each side holds.
//! It says what an update must leave in the project, what a push must leave in the collection, and the status of each
//! file afterwards. Some rounds are undone: then both sides, and what they agreed about, are as before.

use super::Kit;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use skillmeat_engine::deploy::{Outcome, Receipt};
use skillmeat_engine::plan::{
    Action, DeploymentRef, FileChoice, ResolveRequest, Take, UndoRequest, UpdateRequest,
};
use skillmeat_engine::status::Status;
use std::collections::BTreeMap;
use std::path::Path;

const NAMES: [&str; 5] = ["SKILL.md", "a.md", "b.md", "sub/c.md", "sub/d.md"];
const ROUNDS: usize = 100;

type Tree = BTreeMap<&'static str, String>;

/// One change of one file; without a text it goes.
type Change = (usize, Option<u8>);

#[derive(Debug, Clone)]
enum Act {
    Update,
    Resolve(Vec<u8>),
    Push,
    PushResolved(Vec<u8>),
}

impl Act {
    fn answers(&self) -> Option<&[u8]> {
        match self {
            Self::Update | Self::Push => None,
            Self::Resolve(answers) | Self::PushResolved(answers) => Some(answers),
        }
    }

    fn is_push(&self) -> bool {
        matches!(self, Self::Push | Self::PushResolved(_))
    }
}

#[derive(Debug, Clone)]
struct Round {
    in_project: Vec<Change>,
    in_collection: Vec<Change>,
    act: Act,
    /// It is undone at once.
    undone: bool,
}

fn round() -> impl Strategy<Value = Round> {
    let change =
        || proptest::collection::vec((0..NAMES.len(), proptest::option::weighted(0.8, 0..4_u8)), 0..3);
    let answers = || proptest::collection::vec(0..3_u8, NAMES.len());
    let act = prop_oneof![
        2 => Just(Act::Update),
        2 => Just(Act::Push),
        1 => answers().prop_map(Act::Resolve),
        1 => answers().prop_map(Act::PushResolved),
    ];
    let undone = proptest::bool::weighted(0.25);
    (change(), change(), act, undone).prop_map(|(in_project, in_collection, act, undone)| Round {
        in_project,
        in_collection,
        act,
        undone,
    })
}

fn apply(folder: &Path, changes: &[Change]) {
    for (name, text) in changes {
        let path = folder.join(NAMES[*name]);
        match text {
            Some(text) => {
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, format!("{}{text}\n", super::MAIN)).unwrap();
            }
            // A skill without its main file is none.
            None if NAMES[*name] == "SKILL.md" => {}
            None => drop(std::fs::remove_file(path)),
        }
    }
}

fn tree(folder: &Path) -> Tree {
    let read = |name: &'static str| Some((name, std::fs::read_to_string(folder.join(name)).ok()?));
    NAMES.into_iter().filter_map(read).collect()
}

/// What the side that is written must hold afterwards, and what the two agree about then; nothing where it must be
/// refused.
fn expected(base: &Tree, theirs: &Tree, ours: &Tree, act: &Act) -> Option<(Tree, Tree)> {
    let (mut tree, mut agreed) = (Tree::new(), Tree::new());
    for (index, name) in NAMES.into_iter().enumerate() {
        let (b, c, p) = (base.get(name), theirs.get(name), ours.get(name));
        let answer = act.answers().filter(|_| c != p).map(|answers| answers[index]);
        let merged = "merged\n".to_owned();
        let (taken, common) = match (answer, act.is_push()) {
            (Some(0), false) => (c.cloned(), c),
            (Some(1), false) => (p.cloned(), c),
            (Some(_), false) => (Some(merged), c),
            (None, false) if c == p || b == c => (p.cloned(), c),
            (None, false) if b == p => (c.cloned(), c),
            // An edit that the collection does not take stays one; what it changed itself does not become one.
            (Some(0), true) => (c.cloned(), if b == p { p } else { c }),
            (Some(1), true) => (p.cloned(), p),
            (Some(_), true) => (Some(merged), p),
            (None, true) if c == p || b == p => (c.cloned(), p),
            (None, true) if b == c => (p.cloned(), p),
            (None, _) => return None,
        };
        tree.extend(taken.map(|text| (name, text)));
        agreed.extend(common.map(|text| (name, text.clone())));
    }
    Some((tree, agreed))
}

/// The files that differ, with their status.
fn statuses(base: &Tree, theirs: &Tree, ours: &Tree) -> Vec<(String, Status)> {
    let each = NAMES.into_iter().filter_map(|name| {
        let (b, c, p) = (base.get(name), theirs.get(name), ours.get(name));
        let status = match () {
            () if c == p => return None,
            () if b == c => Status::Modified,
            () if b == p => Status::Outdated,
            () => Status::Conflict,
        };
        Some((name.to_owned(), status))
    });
    each.collect()
}

/// Does what a round asks for.
fn act(kit: &Kit, deployment: &DeploymentRef, act: &Act, (theirs, ours): (&Tree, &Tree)) -> Receipt {
    let files = act.answers().map(|answers| chosen(theirs, ours, answers)).unwrap_or_default();
    let deployments = vec![deployment.clone()];
    let request = UpdateRequest { deployments, files: files.clone(), ..UpdateRequest::default() };
    match act {
        Act::Update => kit.engine.update_deployments(&request),
        Act::Push | Act::PushResolved(_) => kit.engine.push_to_collection(&request),
        Act::Resolve(_) => {
            let deployment = deployment.clone();
            kit.engine.resolve_conflict(&ResolveRequest { deployment, files, plan: None })
        }
    }
    .unwrap()
}

fn check(rounds: Vec<Round>) -> Result<(), TestCaseError> {
    let kit = Kit::deployed();
    apply(&kit.source(), &[(3, Some(0))]);
    kit.update();
    let (mut base, deployment) = (tree(&kit.source()), kit.named("skill:kit"));
    for round in rounds {
        apply(&kit.copy(), &round.in_project);
        apply(&kit.source(), &round.in_collection);
        let (theirs, ours) = (tree(&kit.source()), tree(&kit.copy()));
        let receipt = act(&kit, &deployment, &round.act, (&theirs, &ours));
        let done = receipt.results[0].status == Outcome::Success;
        let now = (tree(&kit.source()), tree(&kit.copy()));
        match expected(&base, &theirs, &ours, &round.act) {
            Some((want, agreed)) => {
                prop_assert!(done, "{receipt:?}");
                let before = (theirs, ours);
                let want = match round.act.is_push() {
                    true => (want, before.1.clone()),
                    false => (before.0.clone(), want),
                };
                prop_assert_eq!(&now, &want);
                prop_assert_eq!(kit.left(), statuses(&agreed, &now.0, &now.1));
                if round.undone && receipt.results[0].action != Action::Unchanged {
                    let operation = Some(receipt.operation);
                    kit.engine.undo(&UndoRequest { operation, ..UndoRequest::default() }).unwrap();
                    prop_assert_eq!(&(tree(&kit.source()), tree(&kit.copy())), &before);
                    prop_assert_eq!(
                        kit.left(),
                        statuses(&base, &before.0, &before.1),
                        "what was agreed is back"
                    );
                } else {
                    base = agreed;
                }
            }
            None => {
                prop_assert!(!done, "{receipt:?}");
                prop_assert_eq!(now, (theirs, ours));
            }
        }
    }
    Ok(())
}

#[test]
fn no_edit_is_lost_without_a_choice() {
    let mut runner = TestRunner::new(Config { cases: 2, failure_persistence: None, ..Config::default() });
    runner.run(&proptest::collection::vec(round(), ROUNDS), check).unwrap();
}

/// An answer for each file that differs.
fn chosen(theirs: &Tree, ours: &Tree, answers: &[u8]) -> Vec<FileChoice> {
    let differs = NAMES.iter().enumerate().filter(|(_, name)| theirs.get(*name) != ours.get(*name));
    let answer = |(index, name): (usize, &&str)| match answers[index] {
        0 => super::choice(name, Take::Collection),
        1 => super::choice(name, Take::Project),
        _ => super::text(name, "merged\n"),
    };
    differs.map(answer).collect()
}
