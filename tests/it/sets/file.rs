//! The two files: what is not ours in them stays, and what cannot be read is left alone.

use super::{INDEX, SETS, change, create, file, library, members, named, refused, resolved, scene, undo};
use skillmeat_engine::engine::SetRef;
use skillmeat_engine::error::Code;
use skillmeat_engine::feed::Origin;
use skillmeat_engine::plan::{OnConflict, UndoRequest};
use skillmeat_engine::sets::{Change, FILE_NAME, Member};
use skillmeat_tests::{Sandbox, tree};

#[test]
fn what_a_person_wrote_stays_to_the_letter() {
    let sandbox = scene();
    let engine = sandbox.engine();
    let list = engine.sets(None).unwrap();
    assert_eq!(list.problems.len(), 1, "{:?}", list.problems);
    let [basics, web] = list.sets.as_slice() else { panic!("{:?}", list.sets) };
    assert_eq!((basics.set_id.as_str(), basics.members.len(), basics.resolved), ("Basics", 2, 3));
    assert_eq!((web.members.len(), web.resolved), (2, 4));
    assert_eq!(basics.used_in, ["aaaa"]);

    change(&engine, &members("Basics", &["notes"], &[])).unwrap();
    let order = ["command:notes", "group:Frontend", "skill:review"].map(Member::parse).to_vec();
    change(&engine, &Change::OrderSet { set: "Basics".to_owned(), members: order }).unwrap();
    let order = ["command:notes", "set:Basics"].map(Member::parse).to_vec();
    change(&engine, &Change::OrderSet { set: "aaaa".to_owned(), members: order }).unwrap();
    let text = file(&sandbox, FILE_NAME);
    for kept in [
        "# mine: above",
        "# mine: no id",
        "theirs = [\"kept\"]",
        "# mine: why this one",
        "theirs = 1",
        "{ nothing = \"here\" }",
        "# mine: in a table",
        "theirs = 2",
        "[mine]\nkept = true",
    ] {
        assert!(text.contains(kept), "{kept}: {text}");
    }
    assert!(text.find("command:notes\"\ntheirs").unwrap() < text.find("set = \"Basics\"").unwrap(), "{text}");
    assert_eq!(
        resolved(&engine, "Basics"),
        ["command:notes", "skill:css", "agent:pm/writer", "skill:review"]
    );
    assert_eq!(resolved(&engine, "Web")[0], "command:notes");
    for _ in 0..3 {
        undo(&engine);
    }
    assert_eq!(file(&sandbox, FILE_NAME), SETS);
    assert_eq!(file(&sandbox, "collection.toml"), INDEX);

    change(&engine, &Change::UpdateGroup { group: "frontend".to_owned(), look: named("Pages") }).unwrap();
    let (text, sets) = (file(&sandbox, "collection.toml"), file(&sandbox, FILE_NAME));
    for kept in ["# mine: the head", "# mine: beside", "# mine: first", "theirs = \"kept\"", "theirs = 3"] {
        assert!(text.contains(kept), "{kept}: {text}");
    }
    assert!(sets.contains("group = \"Pages\"") && !sets.contains("Frontend"), "{sets}");
    assert_eq!(resolved(&engine, "Web").len(), 4);
    undo(&engine);
    assert_eq!(
        (file(&sandbox, "collection.toml").as_str(), file(&sandbox, FILE_NAME).as_str()),
        (INDEX, SETS)
    );
}

#[test]
fn a_file_that_does_not_parse_is_never_written_and_what_was_known_stays() {
    let sandbox = scene();
    let engine = sandbox.engine();
    engine.resync(Origin::Resync).unwrap();
    assert_eq!(engine.library_snapshot().unwrap().sets.len(), 2);
    for broken in ["[[sets]\n", "", "  \n", "sets = 3\n", "sets = [3]\n"] {
        tree!(sandbox.collection() => { "deployment-sets.toml": broken });
        assert_eq!(refused(&engine, &create("New", &[])), Code::SetsInvalid, "{broken:?}");
        assert_eq!(refused(&engine, &members("Web", &["review"], &[])), Code::SetsInvalid, "{broken:?}");
        // Groups are in another file; one that sets may refer to cannot be renamed blindly.
        let rename = Change::UpdateGroup { group: "Frontend".to_owned(), look: named("Pages") };
        assert!(change(&engine, &rename).is_err());
        assert_eq!(file(&sandbox, FILE_NAME), broken);
        assert_eq!(file(&sandbox, "collection.toml"), INDEX);
        engine.resync(Origin::Resync).unwrap();
        let rows = engine.library_snapshot().unwrap();
        assert_eq!(rows.sets.len(), 2, "{broken:?}");
        let codes: Vec<_> = rows.collections[0].problems.iter().map(|problem| problem.code).collect();
        assert!(codes.contains(&Code::SetsInvalid), "{codes:?}");
    }
    std::fs::remove_file(sandbox.collection().join(FILE_NAME)).unwrap();
    engine.resync(Origin::Resync).unwrap();
    assert_eq!(engine.library_snapshot().unwrap().sets, []);
    tree!(sandbox.collection() => { "collection.toml": "[[groups]\n" });
    engine.resync(Origin::Resync).unwrap();
    assert_eq!(engine.library_snapshot().unwrap().groups.len(), 2, "what was known stays");
}

#[test]
fn a_set_of_one_name_or_id_too_many_is_told_and_left_alone() {
    let sandbox = Sandbox::new();
    library(&sandbox);
    let text = "[[sets]]\nid = \"a\"\nname = \"One\"\n[[sets]]\nid = \"a\"\nname = \"Two\"\n[[sets]]\nname = 3\n\
        [[sets]]\nid = \"b\"\nname = \"one\"\nmembers = 3\n";
    tree!(sandbox.collection() => { "deployment-sets.toml": text });
    let engine = sandbox.engine();
    let list = engine.sets(None).unwrap();
    assert_eq!(list.sets.iter().map(|set| set.set_id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(list.problems.len(), 4, "{:?}", list.problems);
    assert_eq!(refused(&engine, &members("ONE", &["review"], &[])), Code::AmbiguousArtifact);
    change(&engine, &members("a", &["review"], &[])).unwrap();
    let after = file(&sandbox, FILE_NAME);
    assert!(
        after.contains("name = \"Two\"") && after.contains("name = 3") && after.contains("members = 3"),
        "{after}"
    );
}

#[test]
fn undo_asks_before_it_takes_back_what_was_changed_since() {
    let sandbox = scene();
    let engine = sandbox.engine();
    let first = change(&engine, &members("Web", &["review"], &[])).unwrap();
    change(&engine, &members("Web", &["css"], &[])).unwrap();
    let text = file(&sandbox, FILE_NAME);
    let older = UndoRequest { operation: Some(first.operation), ..UndoRequest::default() };
    let receipt = engine.undo(&older).unwrap();
    assert_eq!(receipt.results[0].problem.as_ref().unwrap().code, Code::LocalChanges);
    assert_eq!(file(&sandbox, FILE_NAME), text);
    // Another set, changed since, is no reason to ask.
    let basics = change(&engine, &members("Basics", &["notes"], &[])).unwrap();
    change(&engine, &members("Web", &[], &["css"])).unwrap();
    let receipt = engine.undo(&UndoRequest { operation: Some(basics.operation), ..UndoRequest::default() });
    assert_eq!(receipt.unwrap().totals.failed, 0);
    assert_eq!(resolved(&engine, "Basics").len(), 3);
    let receipt = engine.undo(&UndoRequest { on_conflict: OnConflict::Overwrite, ..older }).unwrap();
    assert_eq!(receipt.totals.failed, 0, "{receipt:?}");
    assert!(!resolved(&engine, "Web").is_empty());
}

#[test]
fn sets_of_a_linked_collection_are_read_and_not_changed() {
    let sandbox = scene();
    let folder = sandbox.path().join("team");
    tree!(folder => {
        "skills/theirs/SKILL.md": "---\nname: theirs\ndescription: d\n---\n",
        "deployment-sets.toml": "[[sets]]\nname = \"Team\"\nmembers = [{ artifact = \"skill:theirs\" }]\n",
    });
    let engine = sandbox.engine();
    let request =
        skillmeat_engine::engine::LinkRequest { path: folder.display().to_string(), ..Default::default() };
    engine.link_collection(&request).unwrap();
    assert_eq!(resolved(&engine, "Team"), ["skill:theirs"]);
    assert_eq!(refused(&engine, &members("Team", &["skill:theirs"], &[])), Code::InvalidRequest);
    // A set of ours can hold what is theirs.
    change(&engine, &members("Web", &["skill:theirs"], &[])).unwrap();
    let found = engine.resolve_set(&SetRef { name: "Web".to_owned(), collection: None }).unwrap();
    let last = found.artifacts.last().unwrap();
    assert_eq!(
        (last.artifact_id.as_str(), last.collection.as_str(), last.missing),
        ("skill:theirs", "team", false)
    );
    std::fs::rename(&folder, sandbox.path().join("away")).unwrap();
    let found = engine.resolve_set(&SetRef { name: "Web".to_owned(), collection: None }).unwrap();
    assert!(!found.artifacts.last().unwrap().missing, "nobody knows");
}

#[test]
fn members_that_are_gone_are_kept_shown_and_can_be_taken_out() {
    let sandbox = scene();
    let engine = sandbox.engine();
    change(&engine, &members("Web", &["group:Gone"], &[])).unwrap();
    std::fs::remove_dir_all(sandbox.collection().join("skills/review")).unwrap();
    let list = engine.sets(None).unwrap();
    let basics = &list.sets[0];
    assert_eq!((basics.members[0].missing, basics.members[1].missing, basics.missing), (true, false, 1));
    let web = engine.resolve_set(&SetRef { name: "Web".to_owned(), collection: None }).unwrap();
    let missing: Vec<_> =
        web.artifacts.iter().filter(|one| one.missing).map(|one| &one.artifact_id).collect();
    assert_eq!(missing, ["skill:review", "skill:gone"]);
    assert_eq!(web.artifacts[0].trails, [vec!["Web", "Basics"], vec!["Web", "Gone"]]);
    // A hand takes the group away; its member is kept, and goes when it is asked for.
    let text = file(&sandbox, "collection.toml").replace("name = \"Gone\"", "name = \"Else\"");
    tree!(sandbox.collection() => { "collection.toml": text });
    let dangling = engine.resolve_set(&SetRef { name: "Web".to_owned(), collection: None }).unwrap().dangling;
    assert_eq!(dangling.len(), 1);
    change(&engine, &members("Basics", &[], &["skill:review"])).unwrap();
    change(&engine, &members("Web", &[], &["group:Gone"])).unwrap();
    let web = engine.resolve_set(&SetRef { name: "Web".to_owned(), collection: None }).unwrap();
    assert!(web.dangling.is_empty() && web.artifacts.iter().all(|one| !one.missing), "{web:?}");
    assert!(file(&sandbox, FILE_NAME).contains("{ nothing = \"here\" }"));
}
