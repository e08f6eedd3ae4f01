//! `skm diff`.

use super::absolute;
use crate::args::{Global, One};
use crate::output::{Answer, Colour, Page, Screen, clean, size};
use serde::Serialize;
use skillmeat_engine::Engine;
use skillmeat_engine::engine::{DeploymentDiff, DeploymentRef, DiffHunk, FileChange, FileDiff, LineKind};
use skillmeat_engine::error::Result;
use skillmeat_engine::status::{Known, SideChange};

#[derive(Debug, Serialize)]
struct Data {
    /// One per profile that has a copy.
    diffs: Vec<DeploymentDiff>,
}

pub(super) fn run(
    screen: &Screen,
    engine: &Engine,
    global: &Global,
    one: &One,
    project: &str,
    profile: Option<&str>,
) -> Result<Answer> {
    let project = absolute(project)?;
    let found = engine.find_deployments(&global.artifact(&one.id), &project, profile)?;
    let mut diffs = Vec::with_capacity(found.len());
    for row in found {
        diffs.push(engine.diff_deployment(&DeploymentRef {
            project_path: row.project_path,
            deployment_profile_id: row.deployment_profile_id,
            profile_root_dir: row.profile_root_dir,
            artifact_path: row.artifact_path,
        })?);
    }
    let problems = diffs.iter().filter_map(|diff| diff.deployment.problem.clone()).collect();
    let data = Data { diffs };
    Ok(screen.answer(&data, problems, |page| data.diffs.iter().for_each(|diff| write(page, diff))))
}

fn write(page: &mut Page, diff: &DeploymentDiff) {
    let row = &diff.deployment;
    let place = format!("{}/{}/{}", row.project_path, row.profile_root_dir, row.artifact_path);
    if diff.files.is_empty() {
        page.line(&format!("{} equals the collection.", clean(&place)));
    }
    if diff.known == Known::Hash {
        page.line("What was deployed is not kept, so every file that differs counts as a conflict.");
    }
    for file in &diff.files {
        write_file(page, file, &row.collection, &row.artifact_id, &place);
    }
}

fn write_file(page: &mut Page, file: &FileDiff, collection: &str, artifact: &str, place: &str) {
    let name = |there: bool, text: String| if there { text } else { "/dev/null".to_owned() };
    // An artifact that is a single file is its own only file.
    let below = |folder: String| {
        if place.ends_with(&format!("/{}", file.path)) { folder } else { format!("{folder}/{}", file.path) }
    };
    let old = name(file.change != FileChange::Added, below(format!("{collection}/{artifact}")));
    let new = name(file.change != FileChange::Removed, below(place.to_owned()));
    // What is not a unified diff `patch` passes over.
    page.line(&format!("{}: {}", clean(file.path.as_str()), whose(file)));
    for line in [format!("--- {}", clean(&old)), format!("+++ {}", clean(&new))] {
        let line = page.paint(Colour::Strong, &line);
        page.line(&line);
    }
    if file.binary {
        let bytes = |bytes: Option<u64>| bytes.map_or_else(|| "nothing".to_owned(), size);
        let side = |size, sha256: &Option<String>| match sha256 {
            Some(sha256) => format!("{} (SHA-256 {sha256})", bytes(size)),
            None => bytes(size),
        };
        page.line(&format!(
            "Binary: {} in the collection, {} in the project.",
            side(file.old_bytes, &file.old_sha256),
            side(file.new_bytes, &file.new_sha256)
        ));
    }
    for hunk in &file.hunks {
        write_hunk(page, hunk);
    }
    if file.truncated {
        page.line("… more, not shown");
    }
}

/// Which side changed a file, and how: `conflict, modified in the collection, removed in the project`.
fn whose(file: &FileDiff) -> String {
    let word = |change: SideChange| match change {
        SideChange::Same | SideChange::Unknown => None,
        SideChange::Added => Some("added"),
        SideChange::Removed => Some("removed"),
        SideChange::Modified => Some("modified"),
    };
    let side = |change, place| word(change).map(|word| format!(", {word} in the {place}"));
    let sides = match (file.collection, file.project) {
        (SideChange::Unknown, _) | (_, SideChange::Unknown) => ", nobody can tell who changed it".to_owned(),
        (collection, project) => {
            let both = [side(collection, "collection"), side(project, "project")];
            both.into_iter().flatten().collect()
        }
    };
    let runs = match (file.old_executable, file.new_executable) {
        (Some(false), Some(true)) => ", can be run in the project only",
        (Some(true), Some(false)) => ", can be run in the collection only",
        _ => "",
    };
    format!("{}{sides}{runs}", file.status.as_str())
}

fn write_hunk(page: &mut Page, hunk: &DiffHunk) {
    let (old, new) = (span(hunk, LineKind::Insert), span(hunk, LineKind::Delete));
    let head = page.paint(Colour::News, &format!("@@ -{old} +{new} @@"));
    page.line(&head);
    for line in &hunk.lines {
        let (mark, colour) = match line.kind {
            LineKind::Context => (' ', Colour::Plain),
            LineKind::Insert => ('+', Colour::Good),
            LineKind::Delete => ('-', Colour::Bad),
        };
        // A file gets the text as it is, for `patch`; a terminal must not be commanded by it.
        let shown = if page.is_terminal() { clean_but_tabs(&line.text) } else { line.text.clone() };
        let line = page.paint(colour, &format!("{mark}{shown}"));
        page.line(&line);
    }
}

/// Beginning and length of one side, as unified diffs have it: the lines that are not only on the other side.
fn span(hunk: &DiffHunk, other: LineKind) -> String {
    let mine = || hunk.lines.iter().filter(|line| line.kind != other);
    let number = |line: &skillmeat_engine::engine::DiffLine| match other {
        LineKind::Insert => line.old_line,
        _ => line.new_line,
    };
    let first = mine().find_map(number).unwrap_or(0);
    format!("{first},{}", mine().count())
}

fn clean_but_tabs(text: &str) -> String {
    text.split('\t').map(|part| clean(part).into_owned()).collect::<Vec<_>>().join("\t")
}
