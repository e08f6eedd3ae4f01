//! `skm update` and `skm push`.

use super::receipt::{PUSHED, answer, answer_as, foreseen};
use super::{absolute, all_absolute};
use crate::args::{Copies, Global, Push, Taken, Update};
use crate::output::{Answer, Screen, during, stoppable};
use skillmeat_engine::Engine;
use skillmeat_engine::error::{Error, Result};
use skillmeat_engine::fs::Root;
use skillmeat_engine::path::RelPath;
use skillmeat_engine::plan::{FileChoice, OnConflict, Take, UpdateRequest};
use std::path::Path;

/// A larger text is no text that a person merged.
const MAX_TEXT: u64 = 16 * 1024 * 1024;

pub(super) fn run(screen: &Screen, engine: &Engine, global: &Global, args: &Update) -> Result<Answer> {
    let request = request(global, &args.copies, args.on_conflict.into())?;
    if args.copies.dry_run {
        let plan = during(screen, engine, || engine.plan_update(&request))?;
        return Ok(answer(screen, &foreseen(plan)));
    }
    let receipt = stoppable(screen, engine, || engine.update_deployments(&request))?;
    Ok(answer(screen, &receipt))
}

pub(super) fn push(screen: &Screen, engine: &Engine, global: &Global, args: &Push) -> Result<Answer> {
    let request = request(global, &args.copies, args.on_conflict.into())?;
    if args.copies.dry_run {
        let plan = during(screen, engine, || engine.plan_push(&request))?;
        return Ok(answer_as(PUSHED, screen, &foreseen(plan)));
    }
    let receipt = during(screen, engine, || engine.push_to_collection(&request))?;
    Ok(answer_as(PUSHED, screen, &receipt))
}

fn request(global: &Global, copies: &Copies, on_conflict: OnConflict) -> Result<UpdateRequest> {
    Ok(UpdateRequest {
        artifacts: copies.ids.iter().map(|id| global.artifact(id)).collect(),
        all: copies.all,
        collection: global.collection.clone(),
        projects: all_absolute(&copies.project)?,
        profiles: copies.profile.clone(),
        on_conflict,
        files: copies.take.iter().map(choice).collect::<Result<_>>()?,
        ..UpdateRequest::default()
    })
}

/// One file's answer; a merged text comes from a file.
pub(super) fn choice(taken: &Taken) -> Result<FileChoice> {
    let file = RelPath::new(taken.file.as_str())?;
    let Some(path) = taken.side.strip_prefix('@') else {
        let take = if taken.side == "project" { Take::Project } else { Take::Collection };
        return Ok(FileChoice { file, take, text: None });
    };
    let text = text(&absolute(path)?)?;
    Ok(FileChoice { file, take: Take::Text, text: Some(text) })
}

fn text(path: &str) -> Result<String> {
    let place = Path::new(path);
    let missing = || Error::io("read", path, std::io::ErrorKind::NotFound.into());
    let (folder, name) =
        place.parent().zip(place.file_name().and_then(|name| name.to_str())).ok_or_else(missing)?;
    let bytes = Root::open(folder)?.read(&RelPath::new(name)?, MAX_TEXT)?.ok_or_else(missing)?;
    String::from_utf8(bytes).map_err(|_| Error::io("read", path, std::io::ErrorKind::InvalidData.into()))
}
