//! Finishing what a process left that was killed, and the locks that tell who is running.
//!
//! Writing calls recover the project that they are about, under its lock; [`Engine::recover`] does so for all, and a
//! window calls it when it starts. Reading calls recover nothing and say `recovery-needed`. A project whose lock is
//! held is somebody's who is running, or recovering: it is left alone.

use super::Engine;
use super::project::{Ground, Project, project_key};
use super::scan;
use super::{Finding, Gate, Library};
use crate::deploy::{self, Ledger, RecoveryOutcome, Site};
use crate::error::{Code, Error, Problem, Remedy, Result, Severity};
use crate::feed::{AttentionRaised, Event, Origin};
use crate::fs::{FileLock, Root};
use crate::id::ProjectPath;
use crate::journal::{Journal, Part};
use crate::path::RelPath;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// How long a command waits for another one that works on the same project.
pub(super) const LOCK_PATIENCE: Duration = Duration::from_secs(10);

/// What became of an operation that had been cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Recovery {
    /// It had happened, and is done now.
    Finished,
    /// It had not happened, and nothing of it is left.
    RolledBack,
    /// Something was left that no operation of ours speaks of; it is in the trash.
    SetAside,
    /// It cannot be tidied up now.
    Waiting,
}

/// An operation that had been cut off, in one project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Recovered {
    /// The operation.
    pub operation: String,
    /// The project.
    pub project_path: String,
    /// What became of it.
    pub outcome: Recovery,
    /// The same in a sentence.
    pub message: String,
}

impl Recovered {
    /// The same as a problem: a notice, or what still waits.
    pub fn to_problem(&self) -> Problem {
        let problem = match self.outcome {
            Recovery::Waiting => Problem::new(Code::RecoveryNeeded, Severity::Refusal, &self.message)
                .with_remedy(Remedy::Repair),
            _ => Problem::new(Code::Recovered, Severity::Notice, &self.message),
        };
        problem.about(&self.project_path)
    }
}

/// What was tidied up, and what is damaged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DoctorReport {
    /// Operations that had been cut off.
    pub recovered: Vec<Recovered>,
    /// Damage, and what can be done about it.
    pub findings: Vec<Finding>,
}

impl Engine {
    /// Finishes or takes back whatever was cut off, in every project that nobody works in.
    ///
    /// # Errors
    /// `io` and its relatives when the journal cannot be read.
    pub fn recover(&self) -> Result<Vec<Recovered>> {
        let Some(desktop) = self.desktop()? else { return Ok(Vec::new()) };
        if let Err(error) = self.sweep(&desktop) {
            tracing::warn!(%error, "temporary files of a killed process stay");
        }
        let mut projects = BTreeMap::<ProjectPath, Vec<Part>>::new();
        for part in Journal::new(&desktop).running()?.parts {
            projects.entry(part.project_path.clone()).or_default().push(part);
        }
        let _own = self.own_commits();
        let mut recovered = Vec::new();
        for parts in projects.into_values() {
            let waiting = |error: &Error| parts.iter().map(|part| waits(part, error)).collect::<Vec<_>>();
            let project = match self.open_ground(&parts[0]) {
                Ok(project) => project,
                Err(error) => {
                    recovered.extend(waiting(&error));
                    continue;
                }
            };
            let lock = match self.lock_project(&project, &desktop, Duration::ZERO) {
                Ok(lock) => lock,
                // Somebody works there, or recovers it right now.
                Err(Error::ProjectBusy { .. }) => continue,
                Err(error) => {
                    recovered.extend(waiting(&error));
                    continue;
                }
            };
            match self.recover_project(&project, &desktop) {
                Ok(done) => recovered.extend(done),
                Err(error) => recovered.extend(waiting(&error)),
            }
            if let Err(error) = self.rescan(&project) {
                self.cache_failed(&error);
            }
            drop(lock);
        }
        if !recovered.is_empty() {
            self.publish(&self.cache(), Origin::Startup, None)?;
        }
        for one in &recovered {
            let project = Some(ProjectPath::from_canonical(one.project_path.clone()));
            self.feed
                .publish(&Event::AttentionRaised(AttentionRaised { problem: one.to_problem(), project }));
        }
        Ok(recovered)
    }

    /// Tidies up everywhere: what was cut off, and stages that nobody speaks of; then tells what is damaged, and what
    /// can be done about it.
    ///
    /// # Errors
    /// `io` and its relatives when the journal or the collections cannot be read.
    pub fn doctor(&self) -> Result<DoctorReport> {
        let mut recovered = self.recover()?;
        if let Some(desktop) = self.desktop()? {
            let known = self.known_projects().map(|known| known.projects).unwrap_or_default();
            let projects = known.iter().map(|known| self.open_known(known));
            // What cannot be opened is among the findings.
            for project in projects.chain(self.open_collections()).filter_map(Result::ok) {
                if !has_stages(&project) {
                    continue;
                }
                let Ok(_lock) = self.lock_project(&project, &desktop, Duration::ZERO) else { continue };
                recovered.extend(self.recover_project(&project, &desktop).unwrap_or_default());
            }
        }
        Ok(DoctorReport { recovered, findings: self.findings()? })
    }

    /// Temporary files that killed processes left in our own folders.
    fn sweep(&self, desktop: &Root) -> Result<()> {
        Root::open(&self.options.home)?.sweep(None)?;
        desktop.sweep(None)?;
        for folder in ["journal", "history", "left", "projects", "set-deploys"] {
            desktop.sweep(Some(&RelPath::new(folder)?))?;
        }
        for folder in ["manifests", "trash"].map(RelPath::new) {
            let folder = folder?;
            for entry in desktop.list(Some(&folder))? {
                desktop.sweep(Some(&folder.child(&entry.name)?))?;
            }
        }
        Ok(())
    }

    /// What was cut off in a project whose lock the caller holds.
    ///
    /// # Errors
    /// `recovery-needed` when something of it can be neither finished nor taken back now; nothing else should then
    /// be done in the project.
    pub(super) fn recover_project(&self, project: &Project, desktop: &Root) -> Result<Vec<Recovered>> {
        let key = project.key();
        let site = Site { project: &project.root, project_key: &key, desktop };
        let mut parts = Journal::new(desktop).running()?.parts;
        parts.retain(|part| part.project_path == project.path);
        let mut recovered = Vec::new();
        if !parts.is_empty() {
            let mut ledger = Ledger::load(Some(desktop), &key)?;
            // The newest first: it was built on what the older ones left.
            for part in parts.into_iter().rev() {
                let (name, operation) = (part.name(), part.operation.to_string());
                let checked = project.check_part(&part);
                let recovered_part = checked.and_then(|()| deploy::recover(&site, part, &mut ledger));
                let outcome = recovered_part.map_err(|error| Error::RecoveryNeeded {
                    project: project.path.to_string(),
                    cause: error.to_string(),
                })?;
                tracing::info!(part = name, ?outcome, "an operation that was cut off is tidied up");
                recovered.push(told(project, operation, &outcome));
            }
            ledger.save(desktop, &key)?;
        }
        let stages = deploy::left_over_stages(&site, &project.stages()?, &self.now())?;
        recovered.extend(stages.into_iter().map(|stage| set_aside(project, &stage)));
        Ok(recovered)
    }

    /// One problem per project in which an operation was cut off.
    pub(super) fn cut_off(&self) -> Vec<Problem> {
        let Ok(Some(desktop)) = self.desktop() else { return Vec::new() };
        let Ok(running) = Journal::new(&desktop).running() else { return Vec::new() };
        let mut projects: Vec<_> = running.parts.iter().map(|part| &part.project_path).collect();
        projects.sort();
        projects.dedup();
        let free =
            |path: &&&ProjectPath| lock_file(path).is_ok_and(|file| FileLock::is_free(&desktop, &file));
        let mut problems: Vec<_> = projects.iter().filter(free).map(|path| cut_off(path)).collect();
        problems.extend(running.problems);
        problems
    }

    /// Takes the lock of a project.
    ///
    /// # Errors
    /// `project-busy` naming the holder; `io` and its relatives.
    pub(super) fn lock_project(
        &self,
        project: &Project,
        desktop: &Root,
        patience: Duration,
    ) -> Result<FileLock> {
        self.lock_path(&project.path, desktop, patience)
    }

    /// The same by its path, also where there is no folder.
    pub(super) fn lock_path(
        &self,
        project: &ProjectPath,
        desktop: &Root,
        patience: Duration,
    ) -> Result<FileLock> {
        desktop.create_folders(&RelPath::new("locks")?)?;
        let holder = format!("{} (process {})", self.options.holder, std::process::id());
        let busy = |error| match error {
            Error::ProjectBusy { holder, .. } => Error::ProjectBusy { project: project.to_string(), holder },
            other => other,
        };
        FileLock::acquire(desktop, &lock_file(project)?, patience, Some(&holder)).map_err(busy)
    }

    /// Reads a registered project, or a collection, and writes its rows.
    pub(super) fn rescan(&self, project: &Project) -> Result<()> {
        if project.ground == Ground::Collection {
            return self.reshelve(&project.name, &self.cache());
        }
        if project.added_at.is_none() {
            return Ok(());
        }
        let cache = self.cache();
        let gate = Gate::new(Some(&cache), self.options.clock.as_ref());
        let before = cache.deployments_of(&project.path)?;
        let found = scan::scan(project, &Library::open(&self.options.home)?, &gate, &before)?;
        cache.write(|writer| {
            writer.upsert_project(&found.row)?;
            writer.replace_deployments(&project.path, None, &found.deployments)?;
            Ok(())
        })
    }

    /// Our home's `desktop` folder, if it is there.
    pub(super) fn desktop(&self) -> Result<Option<Root>> {
        Root::open_existing(&self.options.home.join("desktop"))
    }
}

fn has_stages(project: &Project) -> bool {
    let is_there = |stages: &RelPath| project.root.is_folder(stages).is_ok_and(|there| there);
    project.stages().unwrap_or_default().iter().any(is_there)
}

pub(super) fn lock_file(path: &ProjectPath) -> Result<RelPath> {
    RelPath::new(format!("locks/{}.lock", project_key(path)))
}

fn told(project: &Project, operation: String, outcome: &RecoveryOutcome) -> Recovered {
    let name = &project.name;
    let (outcome, message) = match outcome {
        RecoveryOutcome::Finished => {
            (Recovery::Finished, format!("An operation in {name} had been cut off; it is complete now."))
        }
        RecoveryOutcome::Waits(why) => {
            (Recovery::Waiting, format!("An operation in {name} is done and not tidied up. {why}"))
        }
        RecoveryOutcome::TakenBack(stay) if stay.is_empty() => (
            Recovery::RolledBack,
            format!("An operation in {name} had been cut off; everything is as it was before it."),
        ),
        RecoveryOutcome::TakenBack(stay) => {
            let stay: Vec<_> = stay.iter().map(RelPath::as_str).collect();
            let message = format!(
                "An operation in {name} had been cut off and is taken back, but for what was edited since: {}. That \
                 stays and is recorded; the old content is in the trash.",
                stay.join(", ")
            );
            (Recovery::RolledBack, message)
        }
    };
    Recovered { operation, project_path: project.path.to_string(), outcome, message }
}

fn set_aside(project: &Project, stage: &RelPath) -> Recovered {
    Recovered {
        operation: stage.name().to_owned(),
        project_path: project.path.to_string(),
        outcome: Recovery::SetAside,
        message: format!(
            "{stage} in {} was left by nobody that is known here; it is in the trash.",
            project.name
        ),
    }
}

fn waits(part: &Part, error: &Error) -> Recovered {
    Recovered {
        operation: part.operation.to_string(),
        project_path: part.project_path.to_string(),
        outcome: Recovery::Waiting,
        message: format!("An operation in {} was cut off and waits: {error}", part.project_name),
    }
}

fn cut_off(path: &ProjectPath) -> Problem {
    let message = format!("An operation in {path} was cut off. `skm doctor` finishes it or takes it back.");
    Problem::new(Code::RecoveryNeeded, Severity::Fault, message)
        .about(path.as_str())
        .with_remedy(Remedy::Repair)
}
