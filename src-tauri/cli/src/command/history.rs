//! `skm history` and `skm undo`.

use super::counted;
use super::receipt::{answer, foreseen};
use crate::args::Undo;
use crate::output::{Answer, Cell, Colour, Page, Screen, Table, clean, during, size};
use serde::Serialize;
use skillmeat_engine::Engine;
use skillmeat_engine::engine::{OperationEntry, Undone};
use skillmeat_engine::error::Result;
use skillmeat_engine::journal::OperationKind;
use skillmeat_engine::plan::UndoRequest;
use std::collections::BTreeSet;

#[derive(Debug, Serialize)]
struct Data {
    operations: Vec<OperationEntry>,
}

pub(super) fn run(screen: &Screen, engine: &Engine, limit: usize) -> Result<Answer> {
    let history = engine.history(Some(limit))?;
    let data = Data { operations: history.operations };
    Ok(screen.answer(&data, history.problems, |page| write(page, &data.operations)))
}

pub(super) fn undo(screen: &Screen, engine: &Engine, args: &Undo) -> Result<Answer> {
    let request = UndoRequest {
        operation: args.operation.clone(),
        on_conflict: args.on_conflict.into(),
        ..UndoRequest::default()
    };
    if args.dry_run {
        let plan = during(screen, engine, || engine.plan_undo(&request))?;
        return Ok(answer(screen, &foreseen(plan)));
    }
    let receipt = during(screen, engine, || engine.undo(&request))?;
    Ok(answer(screen, &receipt))
}

fn write(page: &mut Page, operations: &[OperationEntry]) {
    if operations.is_empty() {
        page.line("Nothing was done yet.");
    }
    let mut table = Table::default();
    for entry in operations {
        let (mark, colour) = mark(entry);
        table.row([
            Cell::plain(&entry.operation),
            Cell::faint(entry.at.get(..19).unwrap_or(&entry.at)),
            Cell::new(mark, colour),
            Cell::plain(&what(entry)),
            Cell::number(&if entry.kept_bytes > 0 { size(entry.kept_bytes) } else { String::new() }),
            Cell::faint(&clean(&entry.holder)),
        ]);
        if page.verbose() {
            for item in &entry.items {
                let path = format!("{}/{}", item.project_path, item.path);
                table.row([Cell::plain(""), Cell::plain(""), Cell::plain(""), Cell::faint(&path)]);
            }
        }
    }
    page.table(&table, 0);
}

fn mark(entry: &OperationEntry) -> (&'static str, Colour) {
    match (entry.undone, entry.undoable, entry.recovered) {
        (Undone::Yes, ..) => ("undone", Colour::Faint),
        (Undone::Partly, ..) => ("partly undone", Colour::Faint),
        (_, false, _) => ("not kept", Colour::Warning),
        (_, _, true) => ("recovered", Colour::Warning),
        _ => ("", Colour::Plain),
    }
}

/// `deployed 5 artifacts to 2 projects`.
fn what(entry: &OperationEntry) -> String {
    let artifacts: BTreeSet<_> =
        entry.items.iter().map(|item| (&item.collection, &item.artifact_id)).collect();
    let projects: BTreeSet<_> = entry.items.iter().map(|item| &item.project_path).collect();
    let artifacts = counted(artifacts.len() as u64, "artifact");
    let place = match entry.items.first() {
        Some(first) if projects.len() == 1 => first.project_name.clone(),
        _ => counted(projects.len() as u64, "project"),
    };
    match entry.kind {
        OperationKind::Deploy => format!("deployed {artifacts} to {place}"),
        OperationKind::Undeploy => format!("undeployed {artifacts} from {place}"),
        OperationKind::Update => format!("updated {artifacts} in {place}"),
        OperationKind::Undo => format!("undid {artifacts} in {place}"),
        OperationKind::Collect => format!("changed {artifacts} in {place}"),
        OperationKind::Import => {
            let into = entry.items.first().map_or("a collection", |item| &item.collection);
            format!("imported {artifacts} into {into}")
        }
        OperationKind::Push => {
            let into = entry.items.first().map_or("a collection", |item| &item.collection);
            format!("pushed {artifacts} into {into}")
        }
    }
}
