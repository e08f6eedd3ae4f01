//! Groups and deployment sets.

use crate::background::Background;
use skillmeat_engine::Problem;
use skillmeat_engine::engine::{
    SetDeployRequest, SetDeployed, SetReceipt, SetRef, SetResolution, SetUndeployRequest,
};
use skillmeat_engine::plan::Plan;
use skillmeat_engine::sets::{Change, Look, Member, new_id};
use tauri::State;

/// Which artifacts a set comes to, and through what.
#[tauri::command]
#[specta::specta]
pub(crate) async fn resolve_set(
    background: State<'_, Background>,
    set: SetRef,
) -> Result<SetResolution, Problem> {
    background.read("resolve_set", move |engine| engine.resolve_set(&set)).await
}

/// Makes a set. Changed rows arrive as `library-changed`; so for all commands here.
#[tauri::command]
#[specta::specta]
pub(crate) async fn create_set(
    background: State<'_, Background>,
    collection: Option<String>,
    look: Look,
    members: Vec<Member>,
) -> Result<SetReceipt, Problem> {
    let change = Change::CreateSet { id: new_id(), look, members };
    background
        .write("create_set", move |engine| engine.change_sets(collection.as_deref(), &change, false))
        .await
}

/// Gives a set another name or look.
#[tauri::command]
#[specta::specta]
pub(crate) async fn update_set(
    background: State<'_, Background>,
    set: SetRef,
    look: Look,
) -> Result<SetReceipt, Problem> {
    let collection = set.collection.clone();
    let change = Change::UpdateSet { set: set.name, look };
    background
        .write("update_set", move |engine| engine.change_sets(collection.as_deref(), &change, false))
        .await
}

/// Deletes a set, and what refers to it in other sets. With `dry_run` it says so and writes nothing.
#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_set(
    background: State<'_, Background>,
    set: SetRef,
    dry_run: bool,
) -> Result<SetReceipt, Problem> {
    let collection = set.collection.clone();
    let change = Change::DeleteSet { set: set.name };
    background
        .write("delete_set", move |engine| engine.change_sets(collection.as_deref(), &change, dry_run))
        .await
}

/// Copies a set; without a name it is the set's with “(copy)”.
#[tauri::command]
#[specta::specta]
pub(crate) async fn clone_set(
    background: State<'_, Background>,
    set: SetRef,
    name: Option<String>,
) -> Result<SetReceipt, Problem> {
    let collection = set.collection.clone();
    let change = Change::CloneSet { set: set.name, id: new_id(), name };
    background
        .write("clone_set", move |engine| engine.change_sets(collection.as_deref(), &change, false))
        .await
}

/// Takes members out of a set and puts others in, before the one at `at` or at the end.
#[tauri::command]
#[specta::specta]
pub(crate) async fn change_set_members(
    background: State<'_, Background>,
    set: SetRef,
    add: Vec<Member>,
    at: Option<u32>,
    remove: Vec<Member>,
) -> Result<SetReceipt, Problem> {
    let collection = set.collection.clone();
    let change = Change::ChangeSetMembers { set: set.name, add, at: place(at), remove };
    background
        .write("change_set_members", move |engine| engine.change_sets(collection.as_deref(), &change, false))
        .await
}

/// Puts the members of a set, all of them, into another order.
#[tauri::command]
#[specta::specta]
pub(crate) async fn order_set(
    background: State<'_, Background>,
    set: SetRef,
    members: Vec<Member>,
) -> Result<SetReceipt, Problem> {
    let collection = set.collection.clone();
    let change = Change::OrderSet { set: set.name, members };
    background
        .write("order_set", move |engine| engine.change_sets(collection.as_deref(), &change, false))
        .await
}

/// Makes a group.
#[tauri::command]
#[specta::specta]
pub(crate) async fn create_group(
    background: State<'_, Background>,
    collection: Option<String>,
    look: Look,
    members: Vec<String>,
) -> Result<SetReceipt, Problem> {
    let change = Change::CreateGroup { look, members };
    background
        .write("create_group", move |engine| engine.change_sets(collection.as_deref(), &change, false))
        .await
}

/// Gives a group another name or look; sets that hold it follow.
#[tauri::command]
#[specta::specta]
pub(crate) async fn update_group(
    background: State<'_, Background>,
    group: SetRef,
    look: Look,
) -> Result<SetReceipt, Problem> {
    let collection = group.collection.clone();
    let change = Change::UpdateGroup { group: group.name, look };
    background
        .write("update_group", move |engine| engine.change_sets(collection.as_deref(), &change, false))
        .await
}

/// Deletes a group, and what refers to it in sets. With `dry_run` it says so and writes nothing.
#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_group(
    background: State<'_, Background>,
    group: SetRef,
    dry_run: bool,
) -> Result<SetReceipt, Problem> {
    let collection = group.collection.clone();
    let change = Change::DeleteGroup { group: group.name };
    background
        .write("delete_group", move |engine| engine.change_sets(collection.as_deref(), &change, dry_run))
        .await
}

/// Copies a group; without a name it is the group's with “(copy)”.
#[tauri::command]
#[specta::specta]
pub(crate) async fn clone_group(
    background: State<'_, Background>,
    group: SetRef,
    name: Option<String>,
) -> Result<SetReceipt, Problem> {
    let collection = group.collection.clone();
    let change = Change::CloneGroup { group: group.name, name };
    background
        .write("clone_group", move |engine| engine.change_sets(collection.as_deref(), &change, false))
        .await
}

/// Takes artifacts out of a group and puts others in, before the one at `at` or at the end.
#[tauri::command]
#[specta::specta]
pub(crate) async fn change_group_members(
    background: State<'_, Background>,
    group: SetRef,
    add: Vec<String>,
    at: Option<u32>,
    remove: Vec<String>,
) -> Result<SetReceipt, Problem> {
    let collection = group.collection.clone();
    let change = Change::ChangeGroupMembers { group: group.name, add, at: place(at), remove };
    background
        .write("change_group_members", move |engine| {
            engine.change_sets(collection.as_deref(), &change, false)
        })
        .await
}

/// Puts the artifacts of a group, all of them, into another order.
#[tauri::command]
#[specta::specta]
pub(crate) async fn order_group(
    background: State<'_, Background>,
    group: SetRef,
    members: Vec<String>,
) -> Result<SetReceipt, Problem> {
    let collection = group.collection.clone();
    let change = Change::OrderGroup { group: group.name, members };
    background
        .write("order_group", move |engine| engine.change_sets(collection.as_deref(), &change, false))
        .await
}

/// Puts the groups of a collection, all of them, into another order.
#[tauri::command]
#[specta::specta]
pub(crate) async fn order_groups(
    background: State<'_, Background>,
    collection: Option<String>,
    groups: Vec<String>,
) -> Result<SetReceipt, Problem> {
    let change = Change::OrderGroups { groups };
    background
        .write("order_groups", move |engine| engine.change_sets(collection.as_deref(), &change, false))
        .await
}

/// What `deploy_set` would do; the plan's id, passed back, makes it do exactly this or nothing.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_set_deploy(
    background: State<'_, Background>,
    request: SetDeployRequest,
) -> Result<Plan, Problem> {
    background.read("plan_set_deploy", move |engine| engine.plan_set_deploy(&request)).await
}

/// Deploys what a set comes to into projects, as one operation.
#[tauri::command]
#[specta::specta]
pub(crate) async fn deploy_set(
    background: State<'_, Background>,
    request: SetDeployRequest,
) -> Result<SetDeployed, Problem> {
    background.write("deploy_set", move |engine| engine.deploy_set(&request)).await
}

/// What `undeploy_set` would do: also which copies stay, because another set needs them.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_set_undeploy(
    background: State<'_, Background>,
    request: SetUndeployRequest,
) -> Result<Plan, Problem> {
    background.read("plan_set_undeploy", move |engine| engine.plan_set_undeploy(&request)).await
}

/// Removes what a set comes to from projects, as one operation; what another deployed set needs stays.
#[tauri::command]
#[specta::specta]
pub(crate) async fn undeploy_set(
    background: State<'_, Background>,
    request: SetUndeployRequest,
) -> Result<SetDeployed, Problem> {
    background.write("undeploy_set", move |engine| engine.undeploy_set(&request)).await
}

fn place(at: Option<u32>) -> Option<usize> {
    at.and_then(|at| usize::try_from(at).ok())
}
