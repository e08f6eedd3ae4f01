//! Random rounds of edits on both sides, updates and answers: no edit is lost that nobody gave up.
//!
//! Kept beside it is a naive model: what each file was when the collection was last taken, and what each side holds. It
//! says what an update must leave in the project.

use super::Kit;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use skillmeat_engine::deploy::Outcome;
use skillmeat_engine::plan::{FileChoice, ResolveRequest, Take, UpdateRequest};
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
}

#[derive(Debug, Clone)]
struct Round {
    in_project: Vec<Change>,
    in_collection: Vec<Change>,
    act: Act,
}

fn round() -> impl Strategy<Value = Round> {
    let change =
        || proptest::collection::vec((0..NAMES.len(), proptest::option::weighted(0.8, 0..4_u8)), 0..3);
    let act = prop_oneof![
        Just(Act::Update),
        proptest::collection::vec(0..3_u8, NAMES.len()).prop_map(Act::Resolve)
    ];
    (change(), change(), act).prop_map(|(in_project, in_collection, act)| Round {
        in_project,
        in_collection,
        act,
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

/// What a project must hold after an update, and whether it may be done at all.
fn expected(base: &Tree, theirs: &Tree, ours: &Tree, answers: Option<&[u8]>) -> Option<Tree> {
    let mut tree = Tree::new();
    for (index, name) in NAMES.into_iter().enumerate() {
        let (b, c, p) = (base.get(name), theirs.get(name), ours.get(name));
        let answer = answers.filter(|_| c != p).map(|answers| answers[index]);
        let taken = match answer {
            Some(0) => c.cloned(),
            Some(1) => p.cloned(),
            Some(_) => Some("merged\n".to_owned()),
            None if c == p || b == c => p.cloned(),
            None if b == p => c.cloned(),
            None => return None,
        };
        tree.extend(taken.map(|text| (name, text)));
    }
    Some(tree)
}

#[test]
fn no_edit_is_lost_without_a_choice() {
    let mut runner = TestRunner::new(Config { cases: 4, failure_persistence: None, ..Config::default() });
    runner
        .run(&proptest::collection::vec(round(), ROUNDS / 4), |rounds| {
            let kit = Kit::deployed();
            apply(&kit.source(), &[(3, Some(0))]);
            kit.update();
            let (mut base, deployment) = (tree(&kit.source()), kit.named("skill:kit"));
            for round in rounds {
                apply(&kit.copy(), &round.in_project);
                apply(&kit.source(), &round.in_collection);
                let (theirs, ours) = (tree(&kit.source()), tree(&kit.copy()));
                let (answers, receipt) = match &round.act {
                    Act::Update => {
                        let deployments = vec![deployment.clone()];
                        let request = UpdateRequest { deployments, ..UpdateRequest::default() };
                        (None, kit.engine.update_deployments(&request).unwrap())
                    }
                    Act::Resolve(answers) => {
                        let files = chosen(&theirs, &ours, answers);
                        let request = ResolveRequest { deployment: deployment.clone(), files, plan: None };
                        (Some(answers.as_slice()), kit.engine.resolve_conflict(&request).unwrap())
                    }
                };
                let done = receipt.results[0].status == Outcome::Success;
                match expected(&base, &theirs, &ours, answers) {
                    Some(want) => {
                        prop_assert!(done, "{receipt:?}");
                        prop_assert_eq!(tree(&kit.copy()), want);
                        base = theirs.clone();
                    }
                    None => {
                        prop_assert!(!done, "{receipt:?}");
                        prop_assert_eq!(tree(&kit.copy()), ours);
                    }
                }
                prop_assert_eq!(tree(&kit.source()), theirs, "an update never writes into the collection");
            }
            Ok(())
        })
        .unwrap();
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
