//! `skm project import-database`.

use crate::command::{absolute, counted};
use crate::output::{Answer, Cell, Colour, Exit, Screen, Table, clean, during};
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
    let problems: Vec<_> = import.projects.iter().filter_map(|project| project.problem.clone()).collect();
    let failed = !problems.is_empty();
    let data = Imported { dry_run, import };
    let answer = screen.answer(&data, problems, |page| {
        let mut table = Table::default();
        for project in &data.import.projects {
            let (state, colour) = match (&project.problem, project.known, dry_run) {
                (Some(_), ..) => ("refused", Colour::Bad),
                (None, true, _) => ("known", Colour::Plain),
                (None, false, true) => ("new", Colour::Plain),
                (None, false, false) => ("registered", Colour::Plain),
            };
            table.row([
                Cell::new(state, colour),
                Cell::plain(&project.project_name),
                Cell::faint(&counted(project.deployments, "deployment")),
                Cell::faint(&project.project_path),
            ]);
        }
        page.table(&table, 0);
        let DatabaseImport { file, projects, skipped, groups, sets, profiles } = &data.import;
        page.line(&format!("{} in {}.", counted(projects.len() as u64, "project"), clean(file)));
        if *skipped > 0 {
            page.line(&format!("Left out, because they cannot be read: {}.", counted(*skipped, "entry")));
        }
        let others = [(*groups, "group"), (*sets, "deployment set"), (*profiles, "project profile")];
        for (count, what) in others.into_iter().filter(|(count, _)| *count > 0) {
            page.line(&format!("Not taken over: {}.", counted(count, what)));
        }
    });
    Ok(if failed { answer.at_least(Exit::Refused) } else { answer })
}
