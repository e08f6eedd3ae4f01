//! `skm collection`.

use super::receipt::{answer, foreseen};
use super::{absolute, counted};
use crate::args::{Collection, Global};
use crate::output::{Answer, Cell, Page, Screen, Table, clean, during};
use serde::Serialize;
use skillmeat_engine::Engine;
use skillmeat_engine::cache::{CollectionRow, DeploymentRow, ListedArtifact};
use skillmeat_engine::engine::{LinkRequest, RemoveRequest, TagRequest, Unlinked};
use skillmeat_engine::error::Result;
use skillmeat_engine::feed::Origin;
use skillmeat_engine::id::ArtifactKind;

#[derive(Debug, Serialize)]
struct Made {
    collection: CollectionRow,
}

#[derive(Debug, Serialize)]
struct Linked {
    collection: Counted,
}

#[derive(Debug, Serialize)]
struct Taken {
    dry_run: bool,
    #[serde(flatten)]
    unlinked: Unlinked,
}

#[derive(Debug, Serialize)]
struct Listed {
    collections: Vec<Counted>,
}

/// A collection with how many artifacts of each kind are in it.
#[derive(Debug, Serialize)]
struct Counted {
    #[serde(flatten)]
    row: CollectionRow,
    artifacts: u64,
    skills: u64,
    commands: u64,
    agents: u64,
}

pub(super) fn run(screen: &Screen, engine: &Engine, global: &Global, command: &Collection) -> Result<Answer> {
    match command {
        Collection::Create { name } => create(screen, engine, name),
        Collection::Link { folder, name, layout } => {
            let request =
                LinkRequest { path: absolute(folder)?, name: name.clone(), layout: layout.map(Into::into) };
            link(screen, engine, &request)
        }
        Collection::Unlink { name, dry_run } => unlink(screen, engine, name, *dry_run),
        Collection::Remove { ids, dry_run } => {
            let artifacts = ids.iter().map(|id| global.artifact(id)).collect();
            remove(screen, engine, &RemoveRequest { artifacts, plan: None }, *dry_run)
        }
        Collection::List => list(screen, engine),
    }
}

fn create(screen: &Screen, engine: &Engine, name: &str) -> Result<Answer> {
    let data = Made { collection: engine.create_collection(name)? };
    Ok(screen.answer(&data, data.collection.problems.clone(), |page| {
        let path = clean(&data.collection.path);
        page.line(&format!("Made the collection {}. Put artifacts into {path}.", data.collection.collection));
    }))
}

fn link(screen: &Screen, engine: &Engine, request: &LinkRequest) -> Result<Answer> {
    let linked = during(screen, engine, || engine.link_collection(request))?;
    let data = Linked { collection: Counted::of(engine, linked)? };
    let Counted { row, .. } = &data.collection;
    Ok(screen.answer(&data, row.problems.clone(), |page| {
        let (name, path) = (clean(&row.collection), clean(&row.path));
        page.line(&format!("{path} is linked as the collection {name}: {}.", data.collection.contents()));
    }))
}

fn unlink(screen: &Screen, engine: &Engine, name: &str, dry_run: bool) -> Result<Answer> {
    let unlinked = if dry_run { engine.plan_unlink(name) } else { engine.unlink_collection(name) }?;
    let data = Taken { dry_run, unlinked };
    Ok(screen.answer(&data, Vec::new(), |page| write_unlinked(page, &data)))
}

fn write_unlinked(page: &mut Page, data: &Taken) {
    let Unlinked { collection, deployments, .. } = &data.unlinked;
    let (name, path) = (clean(&collection.collection), clean(&collection.path));
    let (is, become_) =
        if data.dry_run { ("would no longer be", "would become") } else { ("is no longer", "became") };
    page.line(&format!("{name} {is} linked. The files in {path} stay as they are."));
    if deployments.is_empty() {
        return;
    }
    let count = counted(deployments.len() as u64, "deployment");
    page.line(&format!("{count} {become_} orphaned: files and records stay, updates no longer come."));
    let mut table = Table::default();
    for DeploymentRow { artifact_id, project_path, deployment_profile_id, .. } in deployments {
        table.row([
            Cell::plain(artifact_id),
            Cell::faint(project_path.as_str()),
            Cell::faint(deployment_profile_id),
        ]);
    }
    page.table(&table, 2);
}

fn remove(screen: &Screen, engine: &Engine, request: &RemoveRequest, dry_run: bool) -> Result<Answer> {
    if dry_run {
        return Ok(answer(screen, &foreseen(engine.plan_remove(request)?)));
    }
    let receipt = during(screen, engine, || engine.remove_artifacts(request))?;
    Ok(answer(screen, &receipt))
}

/// `skm tag`: artifacts, tags to add and tags to remove.
pub(super) fn tag(
    screen: &Screen,
    engine: &Engine,
    global: &Global,
    (ids, add, remove): (&[String], &[String], &[String]),
) -> Result<Answer> {
    let artifacts = ids.iter().map(|id| global.artifact(id)).collect();
    let request = TagRequest { artifacts, add: add.to_vec(), remove: remove.to_vec() };
    let receipt = during(screen, engine, || engine.tag_artifacts(&request))?;
    Ok(answer(screen, &receipt))
}

fn list(screen: &Screen, engine: &Engine) -> Result<Answer> {
    during(screen, engine, || engine.resync(Origin::Resync))?;
    let snapshot = engine.library_snapshot()?;
    let mut problems = snapshot.problems;
    problems.extend(snapshot.collections.iter().flat_map(|row| row.problems.clone()));
    let counted = snapshot.collections.into_iter().map(|row| Counted::new(&snapshot.artifacts, row));
    let data = Listed { collections: counted.collect() };
    Ok(screen.answer(&data, problems, |page| {
        let mut table = Table::default();
        for one in &data.collections {
            table.row([
                Cell::plain(&one.row.collection),
                Cell::faint(if one.row.linked { "linked" } else { "" }),
                Cell::plain(&one.contents()),
                Cell::faint(&one.row.path),
            ]);
        }
        page.table(&table, 0);
        if data.collections.is_empty() {
            page.line("There is no collection yet. `skm collection create NAME` makes one, `link DIR` takes a folder.");
        }
    }))
}

impl Counted {
    fn of(engine: &Engine, row: CollectionRow) -> Result<Self> {
        Ok(Self::new(&engine.library_snapshot()?.artifacts, row))
    }

    fn new(artifacts: &[ListedArtifact], row: CollectionRow) -> Self {
        let inside = |kind: ArtifactKind| {
            let of = artifacts.iter().filter(|one| one.artifact.collection == row.collection);
            of.filter(|one| one.artifact.kind == kind).count() as u64
        };
        let [skills, commands, agents] =
            [ArtifactKind::Skill, ArtifactKind::Command, ArtifactKind::Agent].map(inside);
        Self { row, artifacts: skills + commands + agents, skills, commands, agents }
    }

    /// `2 skills, 1 command`.
    fn contents(&self) -> String {
        let kinds = [(self.skills, "skill"), (self.commands, "command"), (self.agents, "agent")];
        let some: Vec<String> = kinds
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, kind)| counted(count, kind))
            .collect();
        if some.is_empty() { "empty".to_owned() } else { some.join(", ") }
    }
}
