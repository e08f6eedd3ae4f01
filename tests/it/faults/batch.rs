//! A set with a set in it, deployed into two projects and out of them again.

use super::operations::{WANTED, fresh};
use skillmeat_engine::Engine;
use skillmeat_engine::deploy::Receipt;
use skillmeat_engine::engine::{SetDeployRequest, SetDeployed, SetRef, SetUndeployRequest};
use skillmeat_engine::error::Error;
use skillmeat_tests::{Sandbox, tree};

fn set() -> SetRef {
    SetRef { name: "Web".to_owned(), collection: None }
}

fn projects(sandbox: &Sandbox) -> Vec<String> {
    ["api", "web"].map(|name| sandbox.project_text(name)).into()
}

/// A nested set, and one that needs something of it but is not deployed.
pub(super) fn assembled(sandbox: &Sandbox) {
    fresh(sandbox);
    let [skill, command] = WANTED;
    tree!(sandbox.collection() => { "deployment-sets.toml": format!(
        "[[sets]]\nid = \"base\"\nname = \"Base\"\nmembers = [{{ artifact = \"{skill}\" }}]\n\n\
         [[sets]]\nid = \"web\"\nname = \"Web\"\n\
         members = [{{ set = \"base\" }}, {{ artifact = \"{command}\" }}]\n\n\
         [[sets]]\nid = \"more\"\nname = \"More\"\n\
         members = [{{ artifact = \"{skill}\" }}, {{ artifact = \"skill:later\" }}]\n"
    ), "skills/later/SKILL.md": "---\nname: later\ndescription: Later.\n---\n" });
}

pub(super) fn deployed_set(sandbox: &Sandbox) {
    assembled(sandbox);
    deploy_set(sandbox, &sandbox.engine()).unwrap();
}

/// All results of all projects.
fn receipt(done: SetDeployed) -> Receipt {
    Receipt {
        operation: done.operation,
        dry_run: done.dry_run,
        cache: done.cache,
        totals: done.totals,
        results: done.projects.into_iter().flat_map(|project| project.results).collect(),
        notices: done.notices,
    }
}

pub(super) fn deploy_set(sandbox: &Sandbox, engine: &Engine) -> Result<Receipt, Error> {
    let request = SetDeployRequest { set: set(), projects: projects(sandbox), ..SetDeployRequest::default() };
    engine.deploy_set(&request).map(receipt)
}

pub(super) fn undeploy_set(sandbox: &Sandbox, engine: &Engine) -> Result<Receipt, Error> {
    let request =
        SetUndeployRequest { set: set(), projects: projects(sandbox), ..SetUndeployRequest::default() };
    engine.undeploy_set(&request).map(receipt)
}
