//! `skm set deploy` and `skm set undeploy`.

use crate::command::receipt::{answer_for, foreseen};
use crate::output::{Answer, Screen, clean, stoppable};
use skillmeat_engine::Engine;
use skillmeat_engine::deploy::{Outcome, Receipt};
use skillmeat_engine::engine::{SetDeployRequest, SetDeployed, SetRef, SetUndeployRequest};
use skillmeat_engine::error::{Code, Result};
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
        stoppable(screen, engine, || engine.deploy_set(request))?
    };
    let left = data.projects.iter().flat_map(|project| &project.results).any(|result| {
        let stopped = result.problem.as_ref().is_some_and(|problem| problem.code == Code::Cancelled);
        result.status == Outcome::Failed || stopped
    });
    let retry = (left && !dry_run).then(|| {
        let name =
            data.projects.first().map(|project| project.deployment_set_name.as_str()).unwrap_or_default();
        format!("→ `skm set deploy {} --retry {}` tries again what is left.", quoted(name), data.operation)
    });
    Ok(answer(screen, &data, retry.as_deref()))
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
        stoppable(screen, engine, || engine.undeploy_set(request))?
    };
    Ok(answer(screen, &data, None))
}

fn planned(engine: &Engine, set: &SetRef, plan: Plan) -> Result<SetDeployed> {
    let set = engine.resolve_set(set)?;
    Ok(SetDeployed::of(&set.set_id, &set.name, foreseen(plan)))
}

fn answer(screen: &Screen, data: &SetDeployed, last: Option<&str>) -> Answer {
    let results = data.projects.iter().flat_map(|project| project.results.clone()).collect();
    let SetDeployed { operation, dry_run, cache, totals, notices, .. } = data.clone();
    answer_for(screen, data, last, &Receipt { operation, dry_run, cache, totals, results, notices })
}

/// A name as a shell takes it.
fn quoted(name: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "-_.".contains(letter);
    if name.chars().all(plain) {
        name.to_owned()
    } else {
        format!("'{}'", clean(name).replace('\'', r"'\''"))
    }
}
