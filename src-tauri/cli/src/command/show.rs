//! `skm show`.

use super::counted;
use super::status::deployments;
use crate::args::{Global, One};
use crate::output::{Answer, Cell, Colour, Page, Screen, Table, clean, during, size};
use serde::Serialize;
use skillmeat_engine::Engine;
use skillmeat_engine::engine::{ArtifactDetail, ArtifactHistory, ArtifactUses, FileKind, SetUse, Undone};
use skillmeat_engine::error::Result;
use skillmeat_engine::feed::Origin;
use skillmeat_engine::plan::Action;

/// The artifact, and its versions beside it.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    detail: &'a ArtifactDetail,
    history: &'a ArtifactHistory,
    used_in: UsedIn<'a>,
}

/// Where it is used.
#[derive(Debug, Serialize)]
struct UsedIn<'a> {
    groups: &'a [String],
    sets: &'a [SetUse],
}

pub(super) fn run(screen: &Screen, engine: &Engine, global: &Global, one: &One) -> Result<Answer> {
    during(screen, engine, || engine.resync(Origin::Resync))?;
    let detail = engine.artifact_detail(&global.artifact(&one.id))?;
    let history = engine.artifact_history(&global.artifact(&one.id))?;
    let uses = engine.artifact_uses(&detail.artifact.collection, &detail.artifact.artifact_id)?;
    let problems = detail.artifact.problems.iter().chain(&history.problems).chain(&uses.problems);
    let problems = problems.cloned().collect();
    let used_in = UsedIn { groups: &uses.groups, sets: &uses.sets };
    let data = Shown { detail: &detail, history: &history, used_in };
    Ok(screen.answer(&data, problems, |page| {
        write(page, &detail);
        used(page, &uses);
        versions(page, &history);
        if page.verbose() {
            page.heading("Text");
            for line in detail.body.lines() {
                let line = page.paint(Colour::Plain, &clean(line));
                page.line(&line);
            }
        }
    }))
}

/// The groups and sets that it is in; nothing where there are none.
fn used(page: &mut Page, uses: &ArtifactUses) {
    if uses.groups.is_empty() && uses.sets.is_empty() {
        return;
    }
    page.heading("Used in");
    let mut table = Table::default();
    for group in &uses.groups {
        table.row([Cell::faint("group"), Cell::plain(group), Cell::faint("")]);
    }
    for set in &uses.sets {
        let through = set.trail.get(1..).unwrap_or_default().join(" → ");
        table.row([Cell::faint("set"), Cell::plain(&set.name), Cell::faint(&through)]);
    }
    page.table(&table, 2);
}

/// Where the versions came from and went.
fn versions(page: &mut Page, history: &ArtifactHistory) {
    page.heading("Versions");
    let short = |hash: Option<&String>| {
        hash.map(|hash| hash.chars().take(10).collect::<String>()).unwrap_or_default()
    };
    let mut table = Table::default();
    let mut row = |what: &str, hash: &str, when: &str, note: &str| {
        table.row([Cell::plain(what), Cell::faint(hash), Cell::faint(when), Cell::plain(note)]);
    };
    if let Some(from) =
        history.upstream.as_ref().filter(|from| from.upstream.is_some() || from.resolved_sha.is_some())
    {
        let when = from.last_updated.as_deref().or(from.added.as_deref()).unwrap_or_default();
        row(
            "upstream",
            &short(from.resolved_sha.as_ref()),
            when,
            from.upstream.as_deref().unwrap_or_default(),
        );
    }
    if let Some(locked) = &history.locked {
        let version = locked.resolved_version.as_deref().unwrap_or_default();
        row(
            "fetched",
            &short(locked.content_hash.as_ref()),
            locked.fetched.as_deref().unwrap_or_default(),
            version,
        );
    }
    let changed = history.modified_at.as_deref().unwrap_or_default();
    row("collection", &short(history.content_hash.as_ref()), changed, &history.collection);
    for event in &history.events {
        let undone = if event.undone == Undone::No { "" } else { ", undone" };
        let what = format!("{}{undone}", action(event.action));
        row(
            &what,
            &short(event.content_hash.as_ref()),
            &event.at,
            &format!("{}/{}", event.project_name, event.path),
        );
    }
    page.table(&table, 2);
}

fn action(action: Action) -> &'static str {
    match action {
        Action::Created => "deployed",
        Action::Updated => "updated",
        Action::Adopted => "adopted",
        Action::Kept => "kept",
        Action::Removed => "removed",
        Action::Unchanged | Action::None => "unchanged",
    }
}

fn write(page: &mut Page, detail: &ArtifactDetail) {
    let row = &detail.artifact;
    page.heading(&clean(&row.artifact_id));
    let mut facts = Table::default();
    let mut fact = |name: &str, value: Option<&str>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            facts.row([Cell::faint(name), Cell::plain(value)]);
        }
    };
    fact("Title", row.title.as_deref());
    fact("Description", row.description.as_deref());
    fact("Collection", Some(&row.collection));
    fact("Version", row.version.as_deref());
    fact("Author", row.author.as_deref());
    fact("Licence", row.license.as_deref());
    fact("Tags", Some(&row.tags.join(", ")));
    fact("Origin", row.origin.as_deref());
    fact("Changed", row.modified_at.as_deref());
    fact("Path", Some(&row.path));
    fact("Hash", row.content_hash.as_deref());
    page.table(&facts, 2);

    page.heading(&format!("{}, {}", counted(row.files, "file"), size(row.bytes)));
    let mut files = Table::default();
    for file in detail.file_list.iter().filter(|file| file.kind != FileKind::Folder) {
        let note = match (file.kind, file.ignored, file.executable) {
            (_, true, _) => "ignored",
            (FileKind::Link, ..) => "link",
            (_, _, true) => "executable",
            _ => "",
        };
        files.row([Cell::plain(file.path.as_str()), Cell::number(&size(file.bytes)), Cell::faint(note)]);
    }
    page.table(&files, 2);

    page.heading(&counted(detail.deployments.len() as u64, "deployment"));
    page.table(&deployments(&detail.deployments, true), 2);
}
