//! `skm set deploy` and `skm set undeploy`.

use crate::command::receipt::{answer_for, foreseen};
use crate::output::{Answer, Screen, during};
use skillmeat_engine::Engine;
use skillmeat_engine::deploy::Receipt;
use skillmeat_engine::engine::{SetDeployRequest, SetDeployed, SetRef, SetUndeployRequest};
use skillmeat_engine::error::Result;
use skillmeat_engine::plan::Plan;

pub(super) fn deploy(
    screen: &Screen,
    engine: &Engine,
    request: &SetDeployRequest,
    dry_run: bool,
) -> Result<Answer> {
    let data = if dry_run {
        planned(engine, &request.set, engine.plan_set_deploy(request)?)?
    } else {
        during(screen, engine, || engine.deploy_set(request))?
    };
    Ok(answer(screen, &data))
}

pub(super) fn undeploy(
    screen: &Screen,
    engine: &Engine,
    request: &SetUndeployRequest,
    dry_run: bool,
) -> Result<Answer> {
    let data = if dry_run {
        planned(engine, &request.set, engine.plan_set_undeploy(request)?)?
    } else {
        during(screen, engine, || engine.undeploy_set(request))?
    };
    Ok(answer(screen, &data))
}

fn planned(engine: &Engine, set: &SetRef, plan: Plan) -> Result<SetDeployed> {
    let set = engine.resolve_set(set)?;
    Ok(SetDeployed::of(&set.set_id, &set.name, foreseen(plan)))
}

fn answer(screen: &Screen, data: &SetDeployed) -> Answer {
    let results = data.projects.iter().flat_map(|project| project.results.clone()).collect();
    let SetDeployed { operation, dry_run, cache, totals, notices, .. } = data.clone();
    answer_for(screen, data, &Receipt { operation, dry_run, cache, totals, results, notices })
}
