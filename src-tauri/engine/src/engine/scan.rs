//! One project as it is on disk now.

use super::drift::{Drift, Seen, base_tree};
use super::gate::Gate;
use super::library::{Artifact, Library};
use super::lost::{self, Copy};
use super::project::Project;
use crate::cache::{DeploymentRow, ProfileRow, ProjectRow};
use crate::clock::{iso, parse_iso};
use crate::deploy::Ledger;
use crate::error::{Code, Error, Problem, Remedy, Result, Severity};
use crate::fs::Survey;
use crate::id::ProjectPath;
use crate::manifest::{self, BadRecord, Manifest, Record};
use crate::path::RelPath;
use crate::plan::Target;
use crate::platform::{self, Profile};
use crate::settings;
use crate::status::{Side, Status, derived, locally_modified, three_way};
use rayon::prelude::*;
use std::sync::OnceLock;

/// A project's row and the rows of its deployments.
pub(super) struct Scan {
    pub(super) row: ProjectRow,
    pub(super) deployments: Vec<DeploymentRow>,
    /// Problems of single manifests, each with its profile root; they are among the row's problems too.
    pub(super) findings: Vec<(RelPath, Problem)>,
    /// Manifests that were read well, and of which the last good copy says something else.
    pub(super) copies: Vec<Copy>,
}

/// Reads every manifest of a project and compares every deployment. `before` are the rows that were known: those
/// of a manifest that cannot be read now stay, with the status `unknown`.
///
/// # Errors
/// `io` and its relatives when the project's folder itself cannot be listed.
pub(super) fn scan(
    project: &Project,
    library: &Library,
    gate: &Gate<'_>,
    before: &[DeploymentRow],
) -> Result<Scan> {
    if !before.is_empty() && project.root.list(None)?.is_empty() {
        return Ok(emptied(project, before));
    }
    let mut row = row(project);
    let ledger = OnceLock::new();
    let (mut deployments, mut findings, mut copies) = (Vec::new(), Vec::new(), Vec::new());
    for root in project.known_roots()? {
        match manifest::read(&project.root, &root) {
            Ok(manifest) => {
                findings.extend(legacy(project, &root, manifest.as_ref()).map(|told| (root.clone(), told)));
                let bad = manifest
                    .iter()
                    .flat_map(|manifest| manifest.bad_records().iter().map(move |bad| (manifest, bad)));
                findings.extend(bad.map(|bad| (root.clone(), bad_record(project, &root, bad))));
                let records: Vec<&Record> = manifest.iter().flat_map(Manifest::records).collect();
                let compare = |record: &&Record| deployment((project, &ledger), &root, record, library, gate);
                deployments.extend(records.par_iter().map(compare).collect::<Result<Vec<_>>>()?);
                match lost::look(project, &root, manifest.as_ref(), gate) {
                    lost::Look::Same => {}
                    lost::Look::News(copy) => copies.push(copy),
                    lost::Look::Lost(loss) => findings.push((root.clone(), loss.problem(project, &root))),
                }
            }
            Err(error) => {
                let problem = error.to_problem();
                let lost = before.iter().filter(|row| row.profile_root_dir == root);
                deployments.extend(lost.map(|row| unknown(row, &problem)));
                findings.push((root, problem));
            }
        }
    }
    row.problems.extend(settings::description(&project.root).err().map(Problem::from));
    row.problems.extend(findings.iter().map(|(_, problem)| problem.clone()));
    Ok(Scan { row, deployments, findings, copies })
}

/// A project's row, without what its manifests say.
pub(super) fn row(project: &Project) -> ProjectRow {
    let mut row = project_row(&project.path, &project.name, project.added_at.as_deref(), &project.own);
    row.available = true;
    for profile in &mut row.profiles {
        profile.present = profile.roots.iter().any(|root| project.root.is_folder(root).is_ok_and(|is| is));
    }
    row
}

/// A project in which something was deployed and nothing at all is now: what a mount leaves that went. Somebody who
/// emptied it forgets the project, or deploys anew.
fn emptied(project: &Project, before: &[DeploymentRow]) -> Scan {
    let reason =
        "nothing is in it, though something was deployed there; if it is the place of a disk, mount it";
    let error = Error::ProjectInvalid { path: project.path.as_path().to_owned(), reason };
    let own = (project.added_at.as_deref().unwrap_or_default(), project.own.as_slice());
    unavailable(&project.path, &project.name, own, before, &error)
}

/// A registered project whose folder is not there: everything that was known of it stays, as `unknown`.
pub(super) fn unavailable(
    path: &ProjectPath,
    name: &str,
    (added_at, own): (&str, &[Profile]),
    before: &[DeploymentRow],
    error: &Error,
) -> Scan {
    let mut row = project_row(path, name, Some(added_at), own);
    let problem = error.to_problem();
    let deployments = before.iter().map(|row| unknown(row, &problem)).collect();
    row.problems.push(problem);
    Scan { row, deployments, findings: Vec::new(), copies: Vec::new() }
}

fn unknown(row: &DeploymentRow, problem: &Problem) -> DeploymentRow {
    DeploymentRow { status: crate::status::Status::Unknown, problem: Some(problem.clone()), ..row.clone() }
}

/// The built-in profiles and a project's own, as a folder without any of them has them.
pub(super) fn profile_rows(own: &[Profile]) -> Vec<ProfileRow> {
    let row = |profile: &Profile| ProfileRow {
        profile_id: profile.id.clone(),
        platform: profile.platform.clone(),
        title: profile.title.clone(),
        roots: profile.roots(),
        kinds: profile.kinds(),
        present: false,
        own: profile.own.then(|| profile.into()),
    };
    platform::builtin().iter().chain(own).map(row).collect()
}

fn project_row(path: &ProjectPath, name: &str, added_at: Option<&str>, own: &[Profile]) -> ProjectRow {
    ProjectRow {
        project_path: path.clone(),
        project_name: name.to_owned(),
        added_at: added_at.unwrap_or_default().to_owned(),
        available: false,
        profiles: profile_rows(own),
        problems: Vec::new(),
    }
}

/// Says that records come from SkillMeat's older manifest.
fn legacy(project: &Project, root: &RelPath, manifest: Option<&Manifest>) -> Option<Problem> {
    let manifest = manifest.filter(|manifest| manifest.is_legacy())?;
    let file = project.root.absolute(root).join(manifest::LEGACY_NAME).display().to_string();
    let records = match manifest.records().count() {
        1 => "1 deployment".to_owned(),
        count => format!("{count} deployments"),
    };
    let message = format!(
        "{records} in {root} are known from {file}, SkillMeat's older manifest. It stays as it is; the next change \
         here writes them into {}.",
        manifest::FILE_NAME
    );
    Some(Problem::new(Code::LegacyManifest, Severity::Notice, message).about(file))
}

fn bad_record(project: &Project, root: &RelPath, (manifest, bad): (&Manifest, &BadRecord)) -> Problem {
    let file = match manifest.is_legacy() {
        true => project.root.absolute(root).join(manifest::LEGACY_NAME).display().to_string(),
        false => project.manifest_file(root),
    };
    let name = bad.name.as_ref().map(|name| format!(" (“{name}”)")).unwrap_or_default();
    let line = bad.line.map(|line| format!(", line {line}")).unwrap_or_default();
    let message = format!(
        "Record {}{name} of {file}{line} is left alone: {}. The other records work.",
        bad.number, bad.reason
    );
    Problem::new(Code::RecordInvalid, Severity::Notice, message).about(file).with_remedy(Remedy::Repair)
}

/// Compares one deployment: collection now, recorded, project now.
fn deployment(
    (project, ledger): (&Project, &OnceLock<Result<Ledger, Problem>>),
    root: &RelPath,
    record: &Record,
    library: &Library,
    gate: &Gate<'_>,
) -> Result<DeploymentRow> {
    let artifact = library.of_record(record);
    let target = root.join(&record.artifact_path);
    let (there, ours_seen) = gate.target(&project.root, &target, Some(&record.content_hash), None);
    let (ours, base, mut problem) = match there {
        Target::Absent => (Side::Absent, record.content_hash.clone(), None),
        Target::Unreadable(problem) => (Side::Unreadable, record.content_hash.clone(), Some(problem)),
        Target::Present { hash, unfiltered, .. } => {
            // SkillMeat may have recorded the hash with ignored files counted in; then this is what was deployed.
            let same = unfiltered.as_ref() == Some(&record.content_hash);
            let base = if same { hash.clone() } else { record.content_hash.clone() };
            (Side::Content(hash), base, None)
        }
    };
    let theirs = match artifact.map(|artifact| gate.source(&artifact.shelf.root, artifact.path())) {
        None if library.is_unreadable(&record.from_collection) => Side::Unreadable,
        None | Some(Ok(None)) => Side::Absent,
        Some(Ok(Some(hash))) => Side::Content(hash),
        Some(Err(error)) => {
            problem = Some(error.to_problem());
            Side::Unreadable
        }
    };
    let mut status = three_way(&theirs, &base, &ours);
    if let (Status::Conflict, Some(artifact), Some(ours)) = (status, artifact, &ours_seen) {
        // Both changed, though perhaps not the same files.
        match by_file((project, ledger), record, &artifact, (&target, ours)) {
            Ok(by_file) => status = by_file.unwrap_or(Status::Conflict),
            // Not a conflict, but something that nobody could look at.
            Err(unread) => (status, problem) = (Status::Unknown, Some(unread)),
        }
    }
    let id = artifact.map_or_else(|| record.path_id(), |artifact| Ok(artifact.id().clone()))?;
    Ok(DeploymentRow {
        artifact_id: id.to_string(),
        collection: record.from_collection.clone(),
        project_path: project.path.clone(),
        project_name: project.name.clone(),
        deployed_at: parse_iso(&record.deployed_at).map_or_else(|| record.deployed_at.clone(), iso),
        content_hash: Some(record.content_hash.to_string()),
        deployment_profile_id: record.profile_id.clone(),
        platform: record.platform.clone(),
        local_modifications: locally_modified(&base, &ours),
        artifact_path: record.artifact_path.clone(),
        profile_root_dir: root.clone(),
        status,
        problem,
    })
}

/// The status that the files of a deployment have one by one; `None` where what was deployed is not kept.
fn by_file(
    (project, ledger): (&Project, &OnceLock<Result<Ledger, Problem>>),
    record: &Record,
    artifact: &Artifact<'_>,
    (target, ours): (&RelPath, &Survey),
) -> Result<Option<Status>, Problem> {
    let load = || Ledger::load(project.desktop.as_ref(), &project.key()).map_err(Problem::from);
    let ledger = ledger.get_or_init(load).as_ref().map_err(Problem::clone)?;
    let base = base_tree(project.desktop.as_ref(), ledger.base(target, Some(&record.content_hash)))?;
    let (Some(base), Some(theirs)) = (base, artifact.shelf.root.survey(artifact.path())?) else {
        return Ok(None);
    };
    let theirs =
        Seen { root: &artifact.shelf.root, path: artifact.path(), survey: &theirs, as_recorded: false };
    let ours = Seen { root: &project.root, path: target, survey: ours, as_recorded: false };
    Ok(Some(derived(&Drift::of(Some(theirs), Some(ours), Some(base))?.files)))
}
