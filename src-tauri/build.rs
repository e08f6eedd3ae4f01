//! Gives every command a permission of its own and keeps a page to embed while the interface is not built.
#![allow(clippy::disallowed_methods, reason = "a build script has no engine to write its files")]

use std::fmt::Write;
use std::path::Path;
use tauri_build::{AppManifest, Attributes};

/// Names of the commands in `src/ipc.rs`; a capability has to allow each, or the window cannot call it.
const COMMANDS: &[&str] = &[
    "library_snapshot",
    "artifact_detail",
    "artifact_file",
    "artifact_history",
    "diff_deployment",
    "create_collection",
    "link_collection",
    "plan_unlink",
    "unlink_collection",
    "plan_remove",
    "remove_artifacts",
    "tag_artifacts",
    "resolve_set",
    "create_set",
    "update_set",
    "delete_set",
    "clone_set",
    "change_set_members",
    "order_set",
    "create_group",
    "update_group",
    "delete_group",
    "clone_group",
    "change_group_members",
    "order_group",
    "order_groups",
    "plan_set_deploy",
    "deploy_set",
    "plan_set_undeploy",
    "undeploy_set",
    "resync",
    "watch_status",
    "pause_watching",
    "plan_deploy",
    "deploy",
    "plan_undeploy",
    "undeploy",
    "discover",
    "plan_import",
    "import",
    "skip_discovered",
    "plan_update",
    "update_deployments",
    "resolve_conflict",
    "plan_push",
    "push_to_collection",
    "propose_merge",
    "history",
    "plan_undo",
    "undo",
    "doctor",
    "repair",
    "add_project",
    "remove_project",
    "locate_project",
    "scan_for_projects",
    "recent_projects",
    "plan_import_database",
    "import_database",
    "cancel",
    "project_detail",
    "describe_project",
    "set_git_visibility",
    "list_profiles",
    "save_profile",
    "delete_profile",
    "pin",
    "unpin",
    "get_settings",
    "update_settings",
    "open_in_editor",
    "reveal",
    "open_link",
    "take_open_requests",
    "desktop",
    "set_autostart",
    "leave_window",
    "diagnostics",
    "note_page_error",
];

const PLACEHOLDER: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>SkillMeat</title>\
    <p>The interface is not built yet. <code>cargo xtask run</code> builds it.</p></html>\n";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let page = Path::new("ui/dist/index.html");
    if !page.exists() {
        std::fs::create_dir_all("ui/dist")?;
        std::fs::write(page, PLACEHOLDER)?;
    }
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-changed=ui/dist");
    let attributes = Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/**/*")
        .app_manifest(AppManifest::new().permissions_path_pattern(permissions()?));
    tauri_build::try_build(attributes)?;
    Ok(())
}

/// Writes a permission for each command. `AppManifest::commands` would do the same, but into a folder at the
/// root of the repository.
fn permissions() -> Result<&'static str, Box<dyn std::error::Error>> {
    let mut text = String::new();
    for command in COMMANDS {
        let name = command.replace('_', "-");
        writeln!(text, "[[permission]]\nidentifier = \"allow-{name}\"\ncommands.allow = [\"{command}\"]\n")?;
    }
    let file = Path::new(&std::env::var("OUT_DIR")?).join("commands.toml");
    std::fs::write(&file, text)?;
    Ok(file.to_str().ok_or("OUT_DIR is not UTF-8")?.to_owned().leak())
}
