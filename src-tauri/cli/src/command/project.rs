//! `skm project`.

mod database;
mod find;
mod look;

use super::absolute;
use crate::args::Project;
use crate::output::{Answer, Cell, Colour, Page, Screen, Table, clean, during};
use serde::Serialize;
use skillmeat_engine::Engine;
use skillmeat_engine::cache::ProjectRow;
use skillmeat_engine::error::Result;
use skillmeat_engine::feed::Origin;
use skillmeat_engine::settings::Describe;

#[derive(Debug, Serialize)]
struct Added {
    project: ProjectRow,
}

#[derive(Debug, Serialize)]
struct Removed {
    project_path: String,
}

#[derive(Debug, Serialize)]
struct Listed {
    projects: Vec<ProjectRow>,
}

pub(super) fn run(screen: &Screen, engine: &Engine, command: &Project) -> Result<Answer> {
    match command {
        Project::Add { folder } => add(screen, engine, &absolute(folder)?),
        Project::Remove { folder } => remove(screen, engine, absolute(folder)?),
        Project::List => list(screen, engine),
        Project::Show { folder } => look::show(screen, engine, &absolute(folder)?),
        Project::Describe { folder, name, description } => {
            let said = Describe { name: name.clone(), description: description.clone() };
            describe(screen, engine, &absolute(folder)?, &said)
        }
        Project::Git { folder, hide, see } => look::git(screen, engine, &absolute(folder)?, hide, *see),
        Project::Scan { roots, depth, add } => find::scan(screen, engine, roots, *depth, *add),
        Project::ImportDatabase { file, dry_run } => database::run(screen, engine, file.as_deref(), *dry_run),
        Project::Recent => find::recent(screen, engine),
        Project::Locate { from, to } => locate(screen, engine, &absolute(from)?, &absolute(to)?),
    }
}

fn add(screen: &Screen, engine: &Engine, folder: &str) -> Result<Answer> {
    let data = Added { project: engine.add_project(folder)? };
    Ok(screen.answer(&data, data.project.problems.clone(), |page| {
        page.line(&format!("{} is registered.", clean(data.project.project_path.as_str())));
    }))
}

fn describe(screen: &Screen, engine: &Engine, folder: &str, said: &Describe) -> Result<Answer> {
    let data = Added { project: engine.describe_project(folder, said)? };
    Ok(screen.answer(&data, data.project.problems.clone(), |page| {
        let ProjectRow { project_path, project_name, .. } = &data.project;
        page.line(&format!("{} is called {}.", clean(project_path.as_str()), clean(project_name)));
    }))
}

fn locate(screen: &Screen, engine: &Engine, from: &str, to: &str) -> Result<Answer> {
    let data = Added { project: engine.locate_project(from, to)? };
    Ok(screen.answer(&data, data.project.problems.clone(), |page| {
        let now = clean(data.project.project_path.as_str());
        page.line(&format!("{} is now {now}. What was done there can be undone as before.", clean(from)));
    }))
}

fn remove(screen: &Screen, engine: &Engine, folder: String) -> Result<Answer> {
    engine.remove_project(&folder)?;
    let data = Removed { project_path: folder };
    Ok(screen.answer(&data, Vec::new(), |page| {
        page.line(&format!(
            "{} is no longer registered. Its files stay as they are.",
            clean(&data.project_path)
        ));
    }))
}

fn list(screen: &Screen, engine: &Engine) -> Result<Answer> {
    during(screen, engine, || engine.resync(Origin::Resync))?;
    let snapshot = engine.library_snapshot()?;
    let data = Listed { projects: snapshot.projects };
    Ok(screen.answer(&data, snapshot.problems, |page| write(page, &data.projects)))
}

fn write(page: &mut Page, projects: &[ProjectRow]) {
    let mut table = Table::default();
    for project in projects {
        let profiles: Vec<&str> = project
            .profiles
            .iter()
            .filter(|profile| profile.present)
            .map(|profile| profile.profile_id.as_str())
            .collect();
        let state = if project.available { "" } else { "not there" };
        table.row([
            Cell::plain(&project.project_name),
            Cell::faint(project.project_path.as_str()),
            Cell::faint(&profiles.join(", ")),
            Cell::new(state, Colour::Bad),
        ]);
    }
    page.table(&table, 0);
    if projects.is_empty() {
        page.line(
            "No project is registered. `skm project add DIR` registers one; deploying does so as well.",
        );
    }
    for problem in projects.iter().flat_map(|project| &project.problems) {
        page.line(&page.paint(Colour::Warning, &clean(&problem.message)));
    }
}
