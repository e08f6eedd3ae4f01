//! `skm list`.

use super::counted;
use crate::args::{Global, List};
use crate::output::{Answer, Cell, Page, Screen, Table, during, status};
use serde::Serialize;
use skillmeat_engine::Engine;
use skillmeat_engine::cache::{ArtifactRow, CollectionRow, ListedArtifact};
use skillmeat_engine::error::Result;
use skillmeat_engine::feed::Origin;
use skillmeat_engine::id::ArtifactKind;
use skillmeat_engine::status::Status;

#[derive(Debug, Serialize)]
struct Data {
    collections: Vec<CollectionRow>,
    artifacts: Vec<ListedArtifact>,
}

pub(super) fn run(screen: &Screen, engine: &Engine, global: &Global, list: &List) -> Result<Answer> {
    during(screen, engine, || engine.resync(Origin::Resync))?;
    let mut snapshot = engine.library_snapshot()?;
    let wanted = |collection: &str| global.collection.as_deref().is_none_or(|name| name == collection);
    snapshot.collections.retain(|row| wanted(&row.collection));
    if let (Some(name), true) = (&global.collection, snapshot.collections.is_empty()) {
        let home = std::path::PathBuf::from(engine.settings()?.home).join("collections");
        return Err(skillmeat_engine::Error::CollectionNotFound { name: name.clone(), home });
    }
    snapshot.artifacts.retain(|one| wanted(&one.artifact.collection) && matches(&one.artifact, list));
    let mut problems = snapshot.problems;
    problems.extend(snapshot.collections.iter().flat_map(|row| row.problems.clone()));
    let data = Data { collections: snapshot.collections, artifacts: snapshot.artifacts };
    Ok(screen.answer(&data, problems, |page| write(page, &data)))
}

fn matches(row: &ArtifactRow, list: &List) -> bool {
    let kind = list.kind.is_none_or(|kind| ArtifactKind::from(kind) == row.kind);
    let tag = list.tag.as_deref().is_none_or(|tag| row.tags.iter().any(|known| known == tag));
    kind && tag && list.search.as_deref().is_none_or(|text| contains(row, &text.to_lowercase()))
}

fn contains(row: &ArtifactRow, text: &str) -> bool {
    let has = |field: &str| field.to_lowercase().contains(text);
    has(&row.artifact_id)
        || row.title.as_deref().is_some_and(has)
        || row.description.as_deref().is_some_and(has)
        || row.tags.iter().any(|tag| has(tag))
}

fn write(page: &mut Page, data: &Data) {
    for collection in &data.collections {
        let of = |one: &&ListedArtifact| one.artifact.collection == collection.collection;
        let artifacts: Vec<&ListedArtifact> = data.artifacts.iter().filter(of).collect();
        let count = counted(artifacts.len() as u64, "artifact");
        page.heading(&format!("{}  {count}", collection.collection));
        let mut table = Table::default();
        for one in artifacts {
            table.row([
                Cell::plain(&one.artifact.artifact_id),
                deployed(one),
                Cell::faint(&shortened(one.artifact.description.as_deref().unwrap_or_default(), page)),
            ]);
        }
        page.table(&table, 2);
    }
    if data.collections.is_empty() {
        page.line("There is no collection yet. `skm collection create NAME` makes one.");
    }
}

/// The worst status, as the window ranks them, and the number of deployments: `✓ synced 3`.
fn deployed(one: &ListedArtifact) -> Cell {
    let attention = |status: Status| match status {
        Status::Synced => 0,
        Status::Outdated => 1,
        Status::Unmanaged | Status::Unknown => 2,
        Status::Modified => 3,
        Status::Orphaned => 4,
        Status::Missing => 5,
        Status::Conflict => 6,
    };
    let worst = one.deployments.iter().map(|deployment| deployment.status).max_by_key(|one| attention(*one));
    worst.map_or_else(
        || Cell::faint("–"),
        |worst| {
            let (text, colour) = status(worst);
            Cell::status((format!("{text} {}", one.deployments.len()), colour))
        },
    )
}

/// The whole text for those who want more or whose output is no terminal, else what fits beside the rest.
fn shortened(text: &str, page: &Page) -> String {
    const FITS: usize = 72;
    if page.verbose() || !page.is_terminal() || text.chars().count() <= FITS {
        text.to_owned()
    } else {
        format!("{}…", text.chars().take(FITS - 1).collect::<String>().trim_end())
    }
}
