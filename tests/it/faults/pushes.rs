//! Edits of a project that come into the collection.

use super::operations::{PROFILES, WANTED, drifted, each, entered};
use crate::call::artifact;
use skillmeat_engine::Engine;
use skillmeat_engine::deploy::{Outcome, Receipt, Totals};
use skillmeat_engine::error::Error;
use skillmeat_engine::path::RelPath;
use skillmeat_engine::plan::{Action, FileChoice, Take, UpdateRequest};
use skillmeat_tests::{Sandbox, tree};

/// Each side changed files that the other one did not, in a collection that others write too.
pub(super) fn pushable(sandbox: &Sandbox) {
    entered(sandbox);
    drifted(sandbox);
}

/// And both changed one file, of which the collection keeps its own: the base is a mixed one afterwards.
pub(super) fn contested(sandbox: &Sandbox) {
    pushable(sandbox);
    tree!(sandbox.project("api") => { ".claude/skills/review/SKILL.md": "edited by me" });
}

pub(super) fn pushed(sandbox: &Sandbox) {
    pushable(sandbox);
    push(sandbox, &sandbox.engine()).unwrap();
}

/// Its answer, target by target: the artifact in the collection, then the copy whose record is written.
pub(super) fn push(sandbox: &Sandbox, engine: &Engine) -> Result<Receipt, Error> {
    // Said of one file, it says the same when it is asked once more; an edit that is kept could then be pushed.
    let files = vec![FileChoice { file: RelPath::new("SKILL.md")?, take: Take::Collection, text: None }];
    let request = UpdateRequest {
        artifacts: vec![artifact(WANTED[0])],
        projects: vec![sandbox.project_text("api")],
        profiles: vec![PROFILES[0].to_owned()],
        files,
        ..UpdateRequest::default()
    };
    let told = engine.push_to_collection(&request)?;
    let result = &told.results[0];
    let (taken, done) = (result.action == Action::Updated, result.status == Outcome::Success);
    let targets = [
        (sandbox.collection(), "skills/review", "", taken),
        (sandbox.project("api"), ".claude/skills/review", PROFILES[0], done),
    ];
    let results = each(targets, result.action, result.problem.as_ref());
    Ok(Receipt { totals: Totals::of(&results), results, ..told })
}
