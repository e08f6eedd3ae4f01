//! `skm project show` and `skm project git`.

use crate::args::GitHide;
use crate::command::counted;
use crate::output::{Answer, Cell, Page, Screen, Table, clean};
use serde::Serialize;
use skillmeat_engine::Engine;
use skillmeat_engine::engine::{GitChoice, GitVisibility, ProjectDetail};
use skillmeat_engine::error::Result;

#[derive(Debug, Serialize)]
struct Seen<'a> {
    project_path: &'a str,
    git: Option<GitVisibility>,
}

pub(super) fn show(screen: &Screen, engine: &Engine, folder: &str) -> Result<Answer> {
    let detail = engine.project_detail(folder)?;
    let problems = detail.project.problems.iter().chain(&detail.problems).cloned().collect();
    Ok(screen.answer(&detail, problems, |page| write(page, &detail)))
}

fn write(page: &mut Page, detail: &ProjectDetail) {
    page.heading(&clean(&detail.project.project_name));
    page.line(&clean(detail.project.project_path.as_str()));
    if let Some(description) = &detail.description {
        page.line(&clean(description));
    }
    page.line(&git_line(detail.git.as_ref()));
    page.heading(&format!("{} without a record", counted(detail.unmanaged.len() as u64, "artifact")));
    let mut table = Table::default();
    for one in &detail.unmanaged {
        let place = format!("{}/{}", one.profile_root_dir, one.artifact_path);
        let known =
            one.collection.as_ref().map(|name| format!("in the collection {name} too")).unwrap_or_default();
        table.row([Cell::plain(&one.artifact_id), Cell::faint(&place), Cell::plain(&known)]);
    }
    page.table(&table, 2);
}

pub(super) fn git(
    screen: &Screen,
    engine: &Engine,
    folder: &str,
    hide: &[GitHide],
    see: bool,
) -> Result<Answer> {
    let git = if see || !hide.is_empty() {
        let choice = GitChoice {
            hide_files: hide.contains(&GitHide::Files),
            hide_records: hide.contains(&GitHide::Records),
        };
        Some(engine.set_git_visibility(folder, &choice)?)
    } else {
        engine.git_visibility(folder)?
    };
    let data = Seen { project_path: folder, git };
    Ok(screen.answer(&data, Vec::new(), |page| {
        page.line(&git_line(data.git.as_ref()));
        if let Some(git) = data.git.as_ref().filter(|git| git.shared) {
            page.line(&format!("Other worktrees share {}.", clean(&git.exclude)));
        }
    }))
}

fn git_line(git: Option<&GitVisibility>) -> String {
    let Some(git) = git else { return "It is in no git repository.".to_owned() };
    let hidden = match (git.hides_files, git.hides_records) {
        (false, false) => return "Git sees what is deployed and our records.".to_owned(),
        (true, true) => "what is deployed or our records",
        (true, false) => "what is deployed",
        (false, true) => "our records",
    };
    format!(
        "Git does not see {hidden}, by {}. What it tracks already it goes on to see.",
        clean(&git.exclude)
    )
}
