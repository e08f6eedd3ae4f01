use super::*;
use crate::sets::Change;
use proptest::prelude::*;
use std::collections::HashSet;

fn set(id: usize, members: Vec<Member>) -> DeploymentSet {
    DeploymentSet { id: format!("id{id}"), name: format!("s{id}"), members, ..DeploymentSet::default() }
}

fn artifact(name: &str) -> Member {
    Member::Artifact { artifact_id: format!("skill:{name}"), collection: None }
}

fn nested(id: usize) -> Member {
    Member::Set { set_id: format!("id{id}") }
}

fn model(sets: Vec<DeploymentSet>, groups: &[(&str, &[&str])]) -> Model {
    let mut model = Model::default();
    (model.collection, model.sets) = ("default".to_owned(), sets);
    for (name, members) in groups {
        let members = members.iter().map(|&name| format!("skill:{name}")).collect();
        model.groups.push(Group { name: (*name).to_owned(), members, ..Group::default() });
    }
    model
}

/// Everything is there.
fn known(_: &str, id: &str) -> Option<String> {
    Some(id.to_owned())
}

fn resolved(model: &Model, id: usize) -> Resolution {
    resolve(model, model.set(&format!("id{id}")).unwrap(), &known).unwrap()
}

fn names(resolution: &Resolution) -> Vec<&str> {
    resolution.artifacts.iter().map(|one| one.artifact_id.trim_start_matches("skill:")).collect()
}

fn chain(length: usize) -> Model {
    let inner = |at: usize| if at + 1 < length { vec![nested(at + 1)] } else { vec![artifact("end")] };
    model((0..length).map(|at| set(at, inner(at))).collect(), &[])
}

#[test]
fn members_come_in_order_and_each_artifact_once_where_it_comes_first() {
    let sets = vec![
        set(0, vec![artifact("b"), Member::Group { group: "g".to_owned() }, nested(1), artifact("z")]),
        set(1, vec![artifact("a"), artifact("b"), artifact("c")]),
    ];
    let model = model(sets, &[("g", &["d", "a"])]);
    let found = resolved(&model, 0);
    assert_eq!(names(&found), ["b", "d", "a", "c", "z"]);
    let trails = |name: &str| {
        found.artifacts.iter().find(|one| one.artifact_id == format!("skill:{name}")).unwrap().trails.clone()
    };
    assert_eq!(trails("a"), [vec!["s0", "g"], vec!["s0", "s1"]]);
    assert_eq!(trails("b"), [vec!["s0"], vec!["s0", "s1"]]);
}

#[test]
fn twenty_levels_resolve_and_twenty_one_do_not() {
    assert_eq!(names(&resolved(&chain(20), 0)), ["end"]);
    let long = chain(21);
    match resolve(&long, &long.sets[0], &known) {
        Err(SetError::TooDeep { path, limit: 20 }) => {
            assert_eq!(path, (0..21).map(|at| format!("s{at}")).collect::<Vec<_>>());
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(names(&resolved(&long, 1)), ["end"]);
}

/// The inner sets were walked already, over the shorter way.
#[test]
fn a_way_that_is_too_long_is_noticed_where_a_shorter_one_comes_first() {
    let mut long = chain(21);
    long.sets[0].members.insert(0, nested(5));
    match resolve(&long, &long.sets[0], &known) {
        Err(SetError::TooDeep { path, .. }) => assert_eq!((path.len(), path[20].as_str()), (21, "s20")),
        other => panic!("{other:?}"),
    }
    // The same with the limit kept.
    let mut fine = chain(20);
    fine.sets[0].members.insert(0, nested(5));
    assert_eq!(names(&resolved(&fine, 0)), ["end"]);
}

#[test]
fn a_diamond_of_a_million_ways_resolves_at_once() {
    let layer = |level: usize, side: usize| {
        let members = match level {
            19 => vec![artifact(&format!("end{side}"))],
            _ => vec![nested(level * 2 + 2), nested(level * 2 + 3), artifact(&format!("l{level}{side}"))],
        };
        set(level * 2 + side, members)
    };
    let model = model((0..20).flat_map(|level| [layer(level, 0), layer(level, 1)]).collect(), &[]);
    let begun = std::time::Instant::now();
    let found = resolved(&model, 0);
    assert_eq!(found.artifacts.len(), 39);
    assert!(begun.elapsed().as_millis() < 200, "{:?}", begun.elapsed());
}

#[test]
fn sets_that_hold_each_other_are_survived_and_told() {
    let sets = vec![
        set(0, vec![artifact("a"), nested(1)]),
        set(1, vec![nested(2), artifact("b")]),
        set(2, vec![nested(0), nested(2), artifact("c")]),
    ];
    let found = resolved(&model(sets, &[]), 0);
    assert_eq!(names(&found), ["a", "c", "b"]);
    assert_eq!(found.cycles, [vec!["s0", "s1", "s2", "s0"], vec!["s2", "s2"]]);
}

#[test]
fn what_is_not_there_is_told_and_keeps_its_place() {
    let gone = Member::Group { group: "gone".to_owned() };
    let model = model(vec![set(0, vec![artifact("x"), gone.clone(), nested(9), artifact("y")])], &[]);
    let only_y = |_: &str, id: &str| (id == "skill:y").then(|| id.to_owned());
    let found = resolve(&model, &model.sets[0], &only_y).unwrap();
    assert_eq!(names(&found), ["x", "y"]);
    assert_eq!(found.artifacts.iter().map(|one| one.missing).collect::<Vec<_>>(), [true, false]);
    let dangling: Vec<_> = found.dangling.iter().map(|one| one.member.clone()).collect();
    assert_eq!(dangling, [gone, nested(9)]);
}

#[test]
fn many_sources_of_one_artifact_are_counted_from_some_number_on() {
    let sets = (0..40).map(|at| match at {
        0 => set(0, (1..40).map(nested).collect()),
        at => set(at, vec![artifact("a")]),
    });
    let found = resolved(&model(sets.collect(), &[]), 0);
    assert_eq!((found.artifacts[0].trails.len(), found.artifacts[0].more), (MAX_TRAILS, 39 - 16));
}

/// Every way, one after the other: what the resolver must come to without going them all.
fn naive(model: &Model, set: &DeploymentSet, path: &mut Vec<String>, out: &mut Vec<String>) -> bool {
    if path.contains(&set.id) {
        return true;
    }
    path.push(set.id.clone());
    if path.len() > MAX_LEVELS {
        return false;
    }
    let mut fine = true;
    for member in &set.members {
        match member {
            Member::Artifact { artifact_id, .. } => out.push(artifact_id.clone()),
            Member::Group { group } => {
                out.extend(
                    model.groups.iter().filter(|one| one.name == *group).flat_map(|one| one.members.clone()),
                );
            }
            Member::Set { set_id } => {
                if let Some(inner) = model.sets.iter().find(|one| one.id == *set_id) {
                    fine &= naive(model, inner, path, out);
                }
            }
        }
    }
    path.pop();
    fine
}

#[derive(Debug, Clone)]
enum Pick {
    Artifact(usize),
    Group(usize),
    Set(usize),
}

fn any_model(sets: usize, acyclic: bool) -> impl Strategy<Value = Model> {
    let pick = prop_oneof![
        (0..12_usize).prop_map(Pick::Artifact),
        (0..4_usize).prop_map(Pick::Group),
        (0..sets).prop_map(Pick::Set),
        // Often the next one, so that there are long ways.
        Just(Pick::Set(usize::MAX)),
    ];
    let members = prop::collection::vec(prop::collection::vec(pick, 0..4), sets);
    let groups = prop::collection::vec(prop::collection::vec(0..12_usize, 0..4), 3);
    (members, groups).prop_map(move |(members, groups)| {
        let of = |at: usize, pick: Pick| match pick {
            Pick::Artifact(name) => Some(artifact(&name.to_string())),
            Pick::Group(name) => Some(Member::Group { group: format!("g{name}") }),
            Pick::Set(usize::MAX) => Some(nested(at + 1)),
            Pick::Set(inner) if acyclic && inner <= at => None,
            Pick::Set(inner) => Some(nested(inner)),
        };
        let sets = members.into_iter().enumerate();
        let sets = sets.map(|(at, picks)| set(at, picks.into_iter().filter_map(|one| of(at, one)).collect()));
        let mut made = model(sets.collect(), &[]);
        for (at, members) in groups.into_iter().enumerate() {
            let members = members.into_iter().map(|name| format!("skill:{name}")).collect();
            made.groups.push(Group { name: format!("g{at}"), members, ..Group::default() });
        }
        made
    })
}

fn first_of_each(ids: Vec<String>) -> Vec<String> {
    let mut seen = HashSet::new();
    ids.into_iter().filter(|id| seen.insert(id.clone())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_comes_to_what_every_way_comes_to(model in any_model(26, true)) {
        let mut out = Vec::new();
        let fine = naive(&model, &model.sets[0], &mut Vec::new(), &mut out);
        match resolve(&model, &model.sets[0], &known) {
            Ok(found) => {
                prop_assert!(fine);
                let ids: Vec<String> = found.artifacts.into_iter().map(|one| one.artifact_id).collect();
                prop_assert_eq!(ids, first_of_each(out));
            }
            Err(SetError::TooDeep { path, .. }) => {
                prop_assert!(!fine);
                prop_assert_eq!(path.len(), MAX_LEVELS + 1);
                for step in path.windows(2) {
                    let inner = &model.set(&step[1]).unwrap().id;
                    let member = Member::Set { set_id: inner.clone() };
                    prop_assert!(model.set(&step[0]).unwrap().members.contains(&member));
                }
            }
            Err(other) => return Err(TestCaseError::fail(other.to_string())),
        }
    }

    #[test]
    fn it_comes_to_the_same_where_sets_hold_each_other(model in any_model(7, false)) {
        let mut out = Vec::new();
        naive(&model, &model.sets[0], &mut Vec::new(), &mut out);
        let found = resolve(&model, &model.sets[0], &known).unwrap();
        let ids: Vec<String> = found.artifacts.into_iter().map(|one| one.artifact_id).collect();
        prop_assert_eq!(ids, first_of_each(out));
    }

    /// Whatever is asked for, in whatever order, no set comes to hold itself.
    #[test]
    fn no_change_makes_a_set_hold_itself(asked in prop::collection::vec((0..6_usize, 0..6_usize), 1..30)) {
        let mut made = model((0..6).map(|at| set(at, Vec::new())).collect(), &[]);
        let nothing = |_: &str, _: Option<&str>| unreachable!();
        for (into, inner) in asked {
            let (set, add) = (format!("id{into}"), vec![nested(inner)]);
            let change = Change::ChangeSetMembers { set, add, at: None, remove: Vec::new() };
            let before = made.sets.clone();
            match made.apply(&change, "now", &nothing) {
                Ok(()) => {}
                Err(error) => {
                    prop_assert_eq!(error.code(), crate::error::Code::SetCycle);
                    prop_assert_eq!(&made.sets, &before);
                    // It was right to refuse: with it there would be a way round.
                    made.sets[into].members.push(nested(inner));
                    prop_assert!(made.sets.iter().any(|set| !resolve(&made, set, &known).unwrap().cycles.is_empty()));
                    made.sets = before;
                }
            }
            for set in &made.sets {
                prop_assert!(resolve(&made, set, &known).unwrap().cycles.is_empty());
            }
        }
    }
}

#[test]
fn work_grows_with_the_members() {
    // Five levels; 2,000 members, then ten times as many.
    let made = |count: usize| {
        let members = |level: usize| {
            let mut members: Vec<Member> =
                (0..count / 5).map(|at| artifact(&format!("{level}-{at}"))).collect();
            if level < 4 {
                members.push(nested(level + 1));
            }
            members
        };
        model((0..5).map(|level| set(level, members(level))).collect(), &[])
    };
    let measured = |model: &Model| {
        let once = || {
            let begun = std::time::Instant::now();
            assert!(!resolved(model, 0).artifacts.is_empty());
            begun.elapsed()
        };
        (0..5).map(|_| once()).min().unwrap()
    };
    let (small, large) = (measured(&made(2_000)), measured(&made(20_000)));
    // Quadratic would be a hundred times as long.
    assert!(large < small * 40, "{small:?} {large:?}");
}
