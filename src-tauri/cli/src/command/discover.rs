//! `skm discover` and `skm import`.

use super::{absolute, counted};
use crate::args::{Discover, Global, Import, Place};
use crate::output::{Answer, Cell, Colour, Exit, Page, Screen, Table, clean, during, size};
use skillmeat_engine::Engine;
use skillmeat_engine::deploy::{CacheState, Outcome};
use skillmeat_engine::engine::{
    DiscoverReport, DiscoverRequest, Discovered, ImportReceipt, ImportRequest, ImportResult, Match,
};
use skillmeat_engine::error::{Code, Problem, Remedy, Result, Severity};
use skillmeat_engine::plan::Action;

pub(super) fn run(screen: &Screen, engine: &Engine, global: &Global, args: &Discover) -> Result<Answer> {
    let (project, folder) = place(&args.place)?;
    if let Some(project) = &project {
        for (ids, skipped) in [(&args.skip, true), (&args.unskip, false)] {
            if !ids.is_empty() {
                engine.skip_discovered(project, ids, skipped)?;
            }
        }
    }
    let request = DiscoverRequest { project, folder, collection: global.collection.clone() };
    let report = during(screen, engine, || engine.discover(&request))?;
    let mut problems = report.problems.clone();
    problems.extend(report.artifacts.iter().filter_map(|one| one.problem.clone()).map(noticed));
    Ok(screen.answer(&report, problems, |page| write(page, &report)))
}

pub(super) fn import(screen: &Screen, engine: &Engine, global: &Global, args: &Import) -> Result<Answer> {
    let (project, folder) = place(&args.place)?;
    let request = ImportRequest {
        project,
        folder,
        collection: global.collection.clone(),
        artifacts: args.ids.clone(),
        all: args.all,
        on_clash: args.on_clash.map(Into::into).unwrap_or_default(),
        ..ImportRequest::default()
    };
    let receipt = during(screen, engine, || match args.dry_run {
        true => engine.plan_import(&request),
        false => engine.import(&request),
    })?;
    let mut problems = receipt.notices.clone();
    problems.extend(receipt.results.iter().filter_map(|result| result.problem.clone()));
    if receipt.cache == CacheState::Stale {
        let message = "The files are written. The cache could not follow and is rebuilt from them.";
        let stale = Problem::new(Code::CacheStale, Severity::Notice, message);
        problems.push(stale.with_remedy(Remedy::Resync));
    }
    let answer = screen.answer(&receipt, problems, |page| write_import(page, &receipt));
    Ok(if receipt.totals.failed > 0 { answer.at_least(Exit::Refused) } else { answer })
}

fn place(place: &Place) -> Result<(Option<String>, Option<String>)> {
    let find = |folder: &Option<String>| folder.as_deref().map(absolute).transpose();
    Ok((find(&place.project)?, find(&place.folder)?))
}

/// A find that could not be imported refuses nothing while somebody only looks.
fn noticed(problem: Problem) -> Problem {
    Problem { severity: Severity::Notice, ..problem }
}

fn write(page: &mut Page, report: &DiscoverReport) {
    page.heading(&clean(&report.root));
    let mut table = Table::default();
    for one in &report.artifacts {
        table.row([
            mark(one),
            Cell::plain(&one.artifact_id),
            Cell::faint(one.path.as_str()),
            Cell::number(&counted(one.files, "file")),
            Cell::number(&size(one.bytes)),
            Cell::faint(note(one)),
        ]);
    }
    page.table(&table, 2);
    let count = |wanted| report.artifacts.iter().filter(|one| one.r#match == wanted).count();
    let counts = [(Match::New, "new"), (Match::Differs, "differ"), (Match::Same, "the same")];
    let parts: Vec<_> = counts.iter().map(|(wanted, word)| format!("{} {word}", count(*wanted))).collect();
    if !report.artifacts.is_empty() {
        page.line("");
    }
    page.line(&format!("Compared with {}: {}.", clean(&report.collection), parts.join(", ")));
}

fn mark(one: &Discovered) -> Cell {
    match (&one.problem, one.r#match) {
        (Some(_), _) => Cell::new("✗ broken", Colour::Warning),
        (None, Match::New) => Cell::new("+ new", Colour::Good),
        (None, Match::Differs) => Cell::new("! differs", Colour::Warning),
        (None, Match::Same) => Cell::new("= same", Colour::Faint),
    }
}

fn note(one: &Discovered) -> &'static str {
    match (one.recorded, one.skipped) {
        (_, true) => "skipped",
        (true, _) => "deployed",
        _ => "",
    }
}

fn write_import(page: &mut Page, receipt: &ImportReceipt) {
    page.heading(&clean(&receipt.root));
    let mut table = Table::default();
    for result in &receipt.results {
        let name = result.collection_artifact.clone().filter(|name| *name != result.artifact_id);
        let name = name
            .map_or_else(|| result.artifact_id.clone(), |name| format!("{} → {name}", result.artifact_id));
        table.row([
            done(result, receipt.dry_run),
            Cell::plain(&name),
            Cell::faint(result.path.as_str()),
            Cell::number(&counted(result.files, "file")),
            Cell::number(&size(result.bytes)),
            Cell::faint(if result.recorded { "recorded" } else { "" }),
        ]);
    }
    page.table(&table, 2);
    let totals = &receipt.totals;
    let counts = [
        (totals.imported, "imported"),
        (totals.recorded, "recorded as deployed"),
        (totals.unchanged, "unchanged"),
        (totals.skipped, "skipped"),
        (totals.failed, "refused or failed"),
    ];
    let mut parts: Vec<_> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    if parts.is_empty() {
        parts.push("Nothing to do".to_owned());
    }
    let lead = if receipt.dry_run { "Dry run, nothing is written: " } else { "" };
    page.line("");
    page.line(&format!("{lead}{}.", parts.join(", ")));
}

fn done(result: &ImportResult, dry_run: bool) -> Cell {
    let (done, foreseen, colour) = match (result.status, result.action) {
        (Outcome::Failed, _) => ("✗ refused", "✗ refuse", Colour::Warning),
        (Outcome::Skipped, _) => ("– skipped", "– skip", Colour::Faint),
        (_, Action::Created) => ("✓ imported", "+ import", Colour::Good),
        (_, Action::Updated) => ("✓ replaced", "+ replace", Colour::Good),
        (_, Action::Unchanged) => ("= unchanged", "= leave", Colour::Faint),
        (_, _) => ("✓ adopted", "+ adopt", Colour::Good),
    };
    Cell::new(if dry_run { foreseen } else { done }, colour)
}
