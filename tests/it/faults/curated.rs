//! Changes of groups and sets.

use super::operations::collected;
use skillmeat_engine::Engine;
use skillmeat_engine::deploy::{Receipt, Totals};
use skillmeat_engine::engine::SetReceipt;
use skillmeat_engine::error::Error;
use skillmeat_engine::sets::{Change, Look, Member};
use skillmeat_tests::{Sandbox, tree};

/// Groups and sets, in a file each.
pub(super) fn curated(sandbox: &Sandbox) {
    collected(sandbox);
    let index = std::fs::read_to_string(sandbox.collection().join("collection.toml")).unwrap();
    let groups = "\n[[groups]] # theirs\nname = \"Old\"\nposition = 0\nmembers = [\"skill:review\"]\n";
    tree!(sandbox.collection() => {
        "collection.toml": format!("{index}{groups}"),
        "deployment-sets.toml": "# theirs\n[[sets]]\nid = \"a\"\nname = \"Web\"\nmembers = [{ group = \"Old\" }]\n\n\
            [[sets]]\nid = \"b\"\nname = \"Else\"\ntheirs = 1\n",
    });
}

fn curate(engine: &Engine, change: &Change) -> Result<Receipt, Error> {
    let SetReceipt { operation, dry_run, cache, results, notices, .. } =
        engine.change_sets(Some("default"), change, false)?;
    Ok(Receipt { operation, dry_run, cache, totals: Totals::of(&results), results, notices })
}

pub(super) fn more_members(_: &Sandbox, engine: &Engine) -> Result<Receipt, Error> {
    let add = ["command:notes", "set:Else"].map(Member::parse).to_vec();
    curate(engine, &Change::ChangeSetMembers { set: "Web".to_owned(), add, at: Some(0), remove: Vec::new() })
}

/// Both files. Once it has its new name it is that one, however it is asked for.
pub(super) fn rename_group(_: &Sandbox, engine: &Engine) -> Result<Receipt, Error> {
    let groups = engine.sets(None)?.groups;
    let group = groups.first().map_or("Old", |group| &group.name).to_owned();
    let look = Look { name: Some("New".to_owned()), ..Look::default() };
    curate(engine, &Change::UpdateGroup { group, look })
}

pub(super) fn changed(sandbox: &Sandbox) {
    curated(sandbox);
    more_members(sandbox, &sandbox.engine()).unwrap();
}

pub(super) fn renamed(sandbox: &Sandbox) {
    curated(sandbox);
    rename_group(sandbox, &sandbox.engine()).unwrap();
}
