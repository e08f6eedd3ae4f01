//! `skm status`.

use super::all_absolute;
use crate::output::{Answer, Cell, Colour, Exit, Page, Screen, Table, clean, during, status};
use serde::Serialize;
use skillmeat_engine::Engine;
use skillmeat_engine::cache::DeploymentRow;
use skillmeat_engine::error::Result;
use skillmeat_engine::status::Status;
use std::collections::BTreeMap;

#[derive(Debug, Serialize)]
struct Data {
    deployments: Vec<DeploymentRow>,
    /// How many deployments have each status; statuses that none has are there with 0.
    totals: BTreeMap<&'static str, u64>,
}

pub(super) fn run(screen: &Screen, engine: &Engine, projects: &[String]) -> Result<Answer> {
    let projects = all_absolute(projects)?;
    let report = during(screen, engine, || engine.status(&projects))?;
    let mut totals: BTreeMap<&'static str, u64> =
        Status::ALL.into_iter().map(|status| (status.as_str(), 0)).collect();
    for deployment in &report.deployments {
        *totals.entry(deployment.status.as_str()).or_default() += 1;
    }
    let synced = report.deployments.iter().all(|deployment| deployment.status == Status::Synced);
    let mut problems = report.problems;
    problems.extend(report.deployments.iter().filter_map(|deployment| deployment.problem.clone()));
    let data = Data { deployments: report.deployments, totals };
    let answer = screen.answer(&data, problems, |page| write(page, &data));
    Ok(if synced { answer } else { answer.at_least(Exit::NotSynced) })
}

fn write(page: &mut Page, data: &Data) {
    if data.deployments.is_empty() {
        page.line("Nothing is deployed.");
    }
    for group in data.deployments.chunk_by(|a, b| a.project_path == b.project_path) {
        if let Some(first) = group.first() {
            page.heading(&clean(first.project_path.as_str()));
        }
        page.table(&deployments(group, false), 2);
    }
    if !data.deployments.is_empty() {
        let total = |status: Status| data.totals.get(status.as_str()).copied().unwrap_or_default();
        let parts: Vec<String> = Status::ALL
            .into_iter()
            .filter(|status| total(*status) > 0)
            .map(|status| format!("{} {}", total(status), status.as_str()))
            .collect();
        page.line("");
        page.line(&parts.join(", "));
    }
}

/// One row per deployment, with or without its project.
pub(super) fn deployments(rows: &[DeploymentRow], with_project: bool) -> Table {
    let mut table = Table::default();
    for row in rows {
        // An orphaned or missing status says nothing about edits.
        let edited = row.local_modifications && matches!(row.status, Status::Orphaned);
        let mut cells = vec![Cell::status(status(row.status))];
        if with_project {
            cells.push(Cell::plain(row.project_path.as_str()));
        } else {
            cells.push(Cell::plain(&row.artifact_id));
        }
        cells.push(Cell::faint(&format!("{}/{}", row.profile_root_dir, row.artifact_path)));
        cells.push(Cell::faint(&row.deployment_profile_id));
        cells.push(Cell::new(if edited { "edited" } else { "" }, Colour::Warning));
        table.row(cells);
    }
    table
}
