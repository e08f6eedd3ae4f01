//! `skm project import-database`.

use crate::command::{absolute, counted};
use crate::output::{Answer, Cell, Colour, Page, Screen, Table, clean, during};
use serde::Serialize;
use skillmeat_engine::Engine;
use skillmeat_engine::engine::DatabaseImport;
use skillmeat_engine::error::Result;

#[derive(Debug, Serialize)]
struct Imported {
    dry_run: bool,
    #[serde(flatten)]
    import: DatabaseImport,
}

pub(super) fn run(screen: &Screen, engine: &Engine, file: Option<&str>, dry_run: bool) -> Result<Answer> {
    let file = file.map(absolute).transpose()?;
    let file = file.as_deref();
    let import = during(screen, engine, || match dry_run {
        true => engine.plan_import_database(file),
        false => engine.import_database(file),
    })?;
    let told = import.projects.iter().filter_map(|one| one.problem.clone());
    let told = told.chain(import.profiles.iter().filter_map(|one| one.problem.clone()));
    let told = told.chain(import.groups.iter().chain(&import.sets).filter_map(|one| one.problem.clone()));
    let problems: Vec<_> =
        told.chain(import.deployments.iter().filter_map(|one| one.problem.clone())).collect();
    let data = Imported { dry_run, import };
    Ok(screen.answer(&data, problems, |page| write(page, &data)))
}

fn write(page: &mut Page, data: &Imported) {
    let DatabaseImport { file, projects, groups, sets, recorded, skipped, profiles, .. } = &data.import;
    let mut table = Table::default();
    for project in projects {
        let state =
            state(project.problem.is_some(), project.known, if data.dry_run { "new" } else { "registered" });
        table.row([
            state,
            Cell::plain(&project.project_name),
            Cell::faint(&counted(project.deployments, "deployment")),
            Cell::faint(&project.project_path),
        ]);
    }
    for profile in profiles {
        let new = if data.dry_run { "new" } else { "added" };
        table.row([
            state(profile.problem.is_some(), profile.known, new),
            Cell::plain(&format!("profile:{}", profile.profile_id)),
            Cell::faint(&profile.root_dir),
            Cell::faint(&profile.project_path),
        ]);
    }
    for (items, what) in [(groups, "group"), (sets, "set")] {
        for item in items {
            let state = state(item.problem.is_some(), item.known, if data.dry_run { "new" } else { "made" });
            let members = if item.known { String::new() } else { counted(item.members, "member") };
            table.row([
                state,
                Cell::plain(&format!("{what}:{}", item.name)),
                Cell::faint(&members),
                Cell::faint(&item.collection),
            ]);
        }
    }
    for one in data.import.deployments.iter().filter(|one| one.problem.is_none()) {
        let state = state(false, false, if data.dry_run { "new" } else { "recorded" });
        table.row([
            state,
            Cell::plain(&one.artifact_id),
            Cell::faint(&one.deployment_profile_id),
            Cell::faint(&one.project_path),
        ]);
    }
    page.table(&table, 0);
    page.line(&format!("{} in {}.", counted(projects.len() as u64, "project"), clean(file)));
    if *recorded > 0 {
        page.line(&format!("Recorded already: {}.", counted(*recorded, "deployment")));
    }
    let items = groups.iter().chain(sets).map(|item| (&item.name, &item.left_out));
    let items = items.chain(profiles.iter().map(|profile| (&profile.profile_id, &profile.left_out)));
    for (name, left_out) in items.filter(|(_, left_out)| !left_out.is_empty()) {
        page.line(&format!("Left out of {}: {}.", clean(name), clean(&left_out.join(", "))));
    }
    if !skipped.is_empty() {
        page.line(&format!("Left out, because they cannot be read: {}.", clean(&skipped.join(", "))));
    }
}

fn state(refused: bool, known: bool, new: &str) -> Cell {
    match (refused, known) {
        (true, _) => Cell::new("refused", Colour::Bad),
        (false, true) => Cell::plain("known"),
        (false, false) => Cell::plain(new),
    }
}
