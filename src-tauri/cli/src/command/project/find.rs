//! `skm project scan` and `skm project recent`: folders that could be projects.

use crate::command::{all_absolute, counted};
use crate::output::{Answer, Cell, Page, Screen, Table, clean, during};
use serde::Serialize;
use skillmeat_engine::Engine;
use skillmeat_engine::engine::{FoundProject, RecentProject, ScanRequest};
use skillmeat_engine::error::{Problem, Result};

#[derive(Debug, Serialize)]
struct Scanned {
    projects: Vec<FoundProject>,
    folders: u64,
    /// Paths of those that were registered now.
    added: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Recent {
    projects: Vec<RecentProject>,
}

pub(super) fn scan(
    screen: &Screen,
    engine: &Engine,
    roots: &[String],
    depth: u32,
    add: bool,
) -> Result<Answer> {
    let request = ScanRequest { roots: all_absolute(roots)?, depth: Some(depth), operation: None };
    let found = during(screen, engine, || engine.scan_for_projects(&request))?;
    let mut problems = found.problems;
    let mut data = Scanned { projects: found.projects, folders: found.folders, added: Vec::new() };
    if add {
        register(engine, &mut data, &mut problems);
    }
    Ok(screen.answer(&data, problems, |page| write(page, &data)))
}

fn register(engine: &Engine, data: &mut Scanned, problems: &mut Vec<Problem>) {
    for project in data.projects.iter_mut().filter(|project| !project.registered) {
        match engine.add_project(project.project_path.as_str()) {
            Ok(row) => {
                project.registered = true;
                data.added.push(project.project_path.as_str().to_owned());
                problems.extend(row.problems);
            }
            Err(error) => problems.push(error.to_problem()),
        }
    }
}

fn write(page: &mut Page, data: &Scanned) {
    let mut table = Table::default();
    for project in &data.projects {
        let roots: Vec<_> = project.profile_roots.iter().map(ToString::to_string).collect();
        let state = match (project.registered, project.deployed) {
            (true, _) => "registered",
            (false, true) => "has deployments",
            (false, false) => "",
        };
        let path = project.project_path.as_str();
        table.row([
            Cell::plain(&project.project_name),
            Cell::faint(path),
            Cell::faint(&roots.join(", ")),
            Cell::plain(state),
        ]);
    }
    page.table(&table, 0);
    let found = counted(data.projects.len() as u64, "possible project");
    page.line(&format!("Found {found} in {}.", counted(data.folders, "folder")));
    match data.added.len() as u64 {
        0 if data.projects.iter().any(|project| !project.registered) => {
            page.line("`skm project add DIR` registers one; --add registers all of them.");
        }
        0 => {}
        added => page.line(&format!("Registered {}.", counted(added, "project"))),
    }
}

pub(super) fn recent(screen: &Screen, engine: &Engine) -> Result<Answer> {
    let data = Recent { projects: engine.recent_projects()? };
    Ok(screen.answer(&data, Vec::new(), |page| {
        let mut table = Table::default();
        for project in &data.projects {
            table.row([
                Cell::plain(&project.project_name),
                Cell::faint(project.project_path.as_str()),
                Cell::faint(&project.tools.join(", ")),
                Cell::plain(if project.registered { "registered" } else { "" }),
            ]);
        }
        page.table(&table, 0);
        if data.projects.is_empty() {
            page.line(&clean("No other tool knows a folder that is there."));
        }
    }))
}
