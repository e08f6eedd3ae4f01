//! `skm show`.

use super::counted;
use super::status::deployments;
use crate::args::{Global, One};
use crate::output::{Answer, Cell, Colour, Page, Screen, Table, clean, during, size};
use skillmeat_engine::Engine;
use skillmeat_engine::engine::{ArtifactDetail, FileKind};
use skillmeat_engine::error::Result;
use skillmeat_engine::feed::Origin;

pub(super) fn run(screen: &Screen, engine: &Engine, global: &Global, one: &One) -> Result<Answer> {
    during(screen, engine, || engine.resync(Origin::Resync))?;
    let detail = engine.artifact_detail(&global.artifact(&one.id))?;
    let problems = detail.artifact.problems.clone();
    Ok(screen.answer(&detail, problems, |page| write(page, &detail)))
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
    if page.verbose() {
        page.heading("Text");
        for line in detail.body.lines() {
            let line = page.paint(Colour::Plain, &clean(line));
            page.line(&line);
        }
    }
}
