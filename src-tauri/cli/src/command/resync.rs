//! `skm resync`.

use super::counted;
use crate::output::{Answer, Screen, during};
use skillmeat_engine::Engine;
use skillmeat_engine::error::Result;
use skillmeat_engine::feed::Origin;

pub(super) fn run(screen: &Screen, engine: &Engine) -> Result<Answer> {
    let report = during(screen, engine, || engine.resync(Origin::Resync))?;
    let problems = engine.library_snapshot()?.problems;
    Ok(screen.answer(&report, problems, |page| {
        page.line(&format!(
            "Read {} in {} and {} in {}.",
            counted(report.artifacts, "artifact"),
            counted(report.collections, "collection"),
            counted(report.deployments, "deployment"),
            counted(report.projects, "project"),
        ));
        page.line(&format!(
            "Corrected {}; read the content of {}.",
            counted(report.corrected, "row"),
            counted(report.hashed_files, "file")
        ));
    }))
}
