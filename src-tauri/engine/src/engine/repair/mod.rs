//! What is damaged, and mending it.
//!
//! A repair of a manifest runs under the project's lock and SkillMeat's advisory lock. What it replaces goes to the
//! trash first; the new text is written beside the old one, flushed and renamed over it. Nothing else of the project
//! is touched: no copy is written, moved or removed.

mod rebuild;
mod request;

pub use request::{Finding, Repair, RepairRequest, Repaired};

use super::lost::{self, Look};
use super::project::Project;
use super::recover::LOCK_PATIENCE;
use super::{Engine, Gate, Library};
use crate::clock::iso;
use crate::deploy::STAGE;
use crate::error::{Code, Error, Problem, Result};
use crate::feed::Origin;
use crate::fs::{Root, Trashed};
use crate::id::OperationId;
use crate::manifest::{self, Manifest};
use crate::path::RelPath;
use crate::settings::StateFile;
use rebuild::Rebuild;
use std::path::Path;

/// As much of a broken manifest is read to look for records in it.
const MAX_BROKEN: u64 = 64 * 1024 * 1024;

/// One repair of one manifest, with its locks held.
struct Bench<'a> {
    project: &'a Project,
    root: &'a RelPath,
    desktop: &'a Root,
    library: &'a Library,
    gate: &'a Gate<'a>,
    operation: OperationId,
    now: String,
}

/// What stands at the manifest's place.
enum Old {
    Nothing,
    Bytes(Vec<u8>),
    /// More than is worth reading.
    TooLarge,
}

impl Engine {
    /// Mends one file, see [`Repair`]. Afterwards the project is read again, and everybody is told.
    ///
    /// # Errors
    /// `invalid-request` when the repair does not fit what is there; `project-not-found`, `project-invalid`,
    /// `project-busy`; `io` and its relatives. The file is then as it was.
    pub fn repair(&self, request: &RepairRequest) -> Result<Repaired> {
        if request.repair == Repair::SetAside {
            return self.repair_state(request.subject.as_deref());
        }
        let (Some(path), Some(root)) = (&request.project_path, &request.profile_root_dir) else {
            return Err(refused("Say which project and which profile folder the manifest is in."));
        };
        let project = self.open_project(path)?;
        if !project.known_roots()?.contains(root) {
            return Err(refused(format!("{root} is no profile folder of {}.", project.path)));
        }
        let (library, cache) = (Library::open(&self.options.home)?, self.cache());
        let gate = Gate::new(Some(&cache), self.options.clock.as_ref());
        let desktop = Root::create(&self.options.home.join("desktop"))?;
        let bench = Bench {
            project: &project,
            root,
            desktop: &desktop,
            library: &library,
            gate: &gate,
            operation: OperationId::generate(),
            now: iso(self.options.clock.now()),
        };
        let own = self.lock_project(&project, &desktop, LOCK_PATIENCE)?;
        // What was cut off may itself need the manifest; it waits then, and is no reason not to mend that.
        let _ = self.recover_project(&project, &desktop);
        let advisory = manifest::lock(&project.root, root)?;
        let trashed = bench.mend(request.repair)?;
        drop(advisory);
        let operation = bench.operation.to_string();
        self.learn(&cache, &gate.into_learned(), &[]);
        let problems = self.follow_repair(&project, root, &library, &operation)?;
        drop(own);
        let records = manifest::read(&project.root, root).ok().flatten();
        let records = records.map_or(0, |manifest| manifest.records().count() as u64);
        Ok(Repaired { operation, subject: project.manifest_file(root), records, trashed, problems })
    }

    /// Sets a settings, projects, collections or config file aside.
    fn repair_state(&self, subject: Option<&str>) -> Result<Repaired> {
        let is = |file: &StateFile| subject.map(Path::new) == Some(file.path(&self.options.home).as_path());
        let file = StateFile::ALL.into_iter().find(is);
        let file =
            file.ok_or_else(|| refused("Say which settings, projects, collections or config file."))?;
        let aside = self.set_aside(file)?.display().to_string();
        let operation = OperationId::generate().to_string();
        let problems = file.check(&self.options.home).err().map(Problem::from).into_iter().collect();
        Ok(Repaired { operation, subject: aside, records: 0, trashed: false, problems })
    }

    /// Everything that is damaged, with the repairs that can work. Writes nothing but the cache.
    ///
    /// # Errors
    /// `io` and its relatives when the collections cannot be listed.
    pub fn findings(&self) -> Result<Vec<Finding>> {
        let state = |problem: Problem| {
            let repairs =
                if problem.code == Code::ConfigInvalid { vec![Repair::SetAside] } else { Vec::new() };
            Finding { problem, project_path: None, profile_root_dir: None, repairs }
        };
        let mut findings: Vec<Finding> =
            self.settings().err().map(Problem::from).map(state).into_iter().collect();
        match self.linked_collections() {
            Err(error) => findings.push(state(error.to_problem())),
            Ok(linked) => findings.extend(
                linked.problems.into_iter().map(|problem| Finding { repairs: Vec::new(), ..state(problem) }),
            ),
        }
        match self.known_projects() {
            Err(error) => {
                findings.push(state(error.to_problem()));
                return Ok(findings);
            }
            Ok(known) => findings.extend(known.problems.into_iter().map(|problem| {
                // The file itself parses: setting it aside would cost the entries that are good.
                Finding { repairs: Vec::new(), ..state(problem) }
            })),
        }
        for scan in self.scan_known(&Library::open(&self.options.home)?)? {
            let project_path = Some(scan.row.project_path.clone());
            let about = |problem: &Problem, root: Option<&RelPath>, repairs| Finding {
                problem: problem.clone(),
                project_path: project_path.clone(),
                profile_root_dir: root.cloned(),
                repairs,
            };
            let of_manifest = |problem: &Problem| scan.findings.iter().any(|(_, other)| other == problem);
            let whole = scan.row.problems.iter().filter(|problem| !of_manifest(problem));
            findings.extend(whole.map(|problem| about(problem, None, Vec::new())));
            for (root, problem) in &scan.findings {
                let repairs = self.repairs(problem, scan.row.project_path.as_str(), root);
                findings.push(about(problem, Some(root), repairs));
            }
        }
        Ok(findings)
    }

    /// The repairs of a manifest that can work.
    fn repairs(&self, problem: &Problem, project: &str, root: &RelPath) -> Vec<Repair> {
        match problem.code {
            Code::RecordLost => vec![Repair::RestoreRecords, Repair::ForgetRecords],
            Code::ManifestInvalid => {
                let project = self.open_project(project).ok();
                let good = project.and_then(|project| good(project.desktop.as_ref()?, &project, root));
                let restore = good.map(|_| Repair::RestoreManifest);
                restore.into_iter().chain([Repair::RebuildManifest]).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Reads the project again, and corrects the cache. Gives what is still wrong with the manifest.
    fn follow_repair(
        &self,
        project: &Project,
        root: &RelPath,
        library: &Library,
        operation: &str,
    ) -> Result<Vec<Problem>> {
        let found = self.scan_project(project, library)?;
        if project.added_at.is_some() {
            let _own = self.own_commits();
            let cache = self.cache();
            let written = cache.write(|writer| {
                writer.upsert_project(&found.row)?;
                writer.replace_deployments(&project.path, None, &found.deployments)
            });
            // The manifest is mended, whatever becomes of the cache.
            if let Err(error) = written.and_then(|_| self.publish(&cache, Origin::Command, Some(operation))) {
                self.cache_failed(&error);
            }
        }
        let of_root = found.findings.into_iter().filter(|(other, _)| other == root);
        Ok(of_root.map(|(_, problem)| problem).collect())
    }
}

impl Bench<'_> {
    /// Does the repair. Tells whether a file went to the trash.
    fn mend(&self, repair: Repair) -> Result<bool> {
        let read = manifest::read(&self.project.root, self.root);
        let new = match (repair, read) {
            (Repair::RestoreRecords | Repair::ForgetRecords, read) => {
                let manifest = read?;
                let Look::Lost(loss) = lost::look(self.project, self.root, manifest.as_ref(), self.gate)
                else {
                    return Err(refused(format!("No record is missing from {}.", self.file())));
                };
                if repair == Repair::ForgetRecords {
                    self.keep(manifest.and_then(|manifest| manifest.render()).as_deref());
                    return Ok(false);
                }
                let mut manifest = manifest.unwrap_or_else(|| Manifest::empty(self.root));
                manifest.restore(&loss.records, &loss.good);
                manifest
            }
            (_, Ok(_)) => {
                return Err(refused(format!("{} can be read, so it is left as it is.", self.file())));
            }
            (_, Err(error)) if error.code() != Code::ManifestInvalid => return Err(error),
            (Repair::RestoreManifest, _) => good(self.desktop, self.project, self.root).ok_or_else(|| {
                let file = self.file();
                refused(format!("No good copy of {file} was kept. Make it anew from what is on disk."))
            })?,
            (Repair::RebuildManifest | Repair::SetAside, _) => self.rebuilt()?,
        };
        self.replace(&new)
    }

    fn rebuilt(&self) -> Result<Manifest> {
        let text = match self.old()? {
            Old::Bytes(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Old::Nothing | Old::TooLarge => String::new(),
        };
        let Self { project, root, library, gate, now, .. } = self;
        let good = good(self.desktop, project, root);
        Ok(Rebuild { project, root, library, gate, now }.manifest(&text, good.as_ref()))
    }

    /// Puts the new text in place, the old one in the trash. A manifest of which nothing is left is not written.
    fn replace(&self, new: &Manifest) -> Result<bool> {
        let (project, path, text) = (&self.project.root, manifest::path_in(self.root)?, new.render());
        let trashed = match (self.old()?, &text) {
            (Old::Nothing, _) => false,
            (Old::Bytes(bytes), Some(_)) => {
                // A copy goes to the trash, so that the manifest is never absent.
                let copy = RelPath::new(format!("manifests/{}.old", self.operation))?;
                self.desktop.create_folders(&RelPath::new("manifests")?)?;
                self.desktop.write_new(&copy, &bytes)?;
                self.trash(self.desktop, &copy)?;
                true
            }
            (Old::Bytes(_) | Old::TooLarge, _) => {
                self.trash(project, &path)?;
                true
            }
        };
        match &text {
            Some(text) => self.put_in_place(&path, text)?,
            None => project.flush_folder(Some(self.root))?,
        }
        self.keep(text.as_deref());
        Ok(trashed)
    }

    /// By way of the stage: a crash leaves nothing beside the manifest but what the next operation tidies up.
    fn put_in_place(&self, path: &RelPath, text: &str) -> Result<()> {
        let (project, stages) = (&self.project.root, self.root.child(STAGE)?);
        let stage = stages.child(self.operation.as_str())?;
        project.create_folders(&stage)?;
        let staged = stage.child("manifest")?;
        project.write_new(&staged, text.as_bytes())?;
        project.rename_over(&staged, path)?;
        project.flush_folder(Some(self.root))?;
        project.remove(&stage)?;
        project.remove_folder_if_empty(&stages).map(|_| ())
    }

    fn trash(&self, from: &Root, rel: &RelPath) -> Result<()> {
        let trash = Root::create(&self.desktop.path().join("trash"))?;
        let folder = RelPath::new(self.operation.as_str())?;
        let origins = [("0".to_owned(), self.file())].into();
        let (operation, trashed_at) = (self.operation.to_string(), self.now.clone());
        trash.note_trash(&folder, &Trashed { operation, trashed_at, origins })?;
        from.trash(rel, &trash, &folder.child("0")?)
    }

    fn old(&self) -> Result<Old> {
        match self.project.root.read(&manifest::path_in(self.root)?, MAX_BROKEN) {
            Ok(None) => Ok(Old::Nothing),
            Ok(Some(bytes)) => Ok(Old::Bytes(bytes)),
            Err(Error::SourceTooLarge { .. }) => Ok(Old::TooLarge),
            Err(error) => Err(error),
        }
    }

    fn keep(&self, text: Option<&str>) {
        manifest::keep_text(self.desktop, &self.project.key(), self.root, text);
    }

    fn file(&self) -> String {
        self.project.manifest_file(self.root)
    }
}

/// The last good copy, where it is one.
fn good(desktop: &Root, project: &Project, root: &RelPath) -> Option<Manifest> {
    let text = manifest::good_copy(desktop, &project.key(), root).ok().flatten()?;
    Manifest::parse(&text, root).ok()
}

fn refused(reason: impl Into<String>) -> Error {
    Error::InvalidRequest { reason: reason.into() }
}
