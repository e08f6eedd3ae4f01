//! `skm deploy` and `skm undeploy`.

use super::all_absolute;
use super::receipt::{answer, foreseen};
use crate::args::{Deploy, Global, Undeploy};
use crate::output::{Answer, Screen, during, stoppable};
use skillmeat_engine::Engine;
use skillmeat_engine::error::Result;
use skillmeat_engine::plan::{DeployRequest, UndeployRequest};

pub(super) fn deploy(screen: &Screen, engine: &Engine, global: &Global, args: &Deploy) -> Result<Answer> {
    let request = DeployRequest {
        artifacts: args.ids.iter().map(|id| global.artifact(id)).collect(),
        all: args.all,
        collection: global.collection.clone(),
        projects: all_absolute(&args.project)?,
        profiles: args.profile.clone(),
        all_profiles: args.all_profiles,
        dest: args.dest.clone(),
        on_conflict: args.on_conflict.into(),
        ..DeployRequest::default()
    };
    if args.dry_run {
        let plan = during(screen, engine, || engine.plan_deploy(&request))?;
        return Ok(answer(screen, &foreseen(plan)));
    }
    let receipt = stoppable(screen, engine, || engine.deploy(&request))?;
    Ok(answer(screen, &receipt))
}

pub(super) fn undeploy(screen: &Screen, engine: &Engine, global: &Global, args: &Undeploy) -> Result<Answer> {
    let request = UndeployRequest {
        artifacts: args.ids.iter().map(|id| global.artifact(id)).collect(),
        all: args.all,
        collection: global.collection.clone(),
        projects: all_absolute(&args.project)?,
        profiles: args.profile.clone(),
        discard_edits: args.discard_edits,
        ..UndeployRequest::default()
    };
    if args.dry_run {
        let plan = during(screen, engine, || engine.plan_undeploy(&request))?;
        return Ok(answer(screen, &foreseen(plan)));
    }
    let receipt = stoppable(screen, engine, || engine.undeploy(&request))?;
    Ok(answer(screen, &receipt))
}
