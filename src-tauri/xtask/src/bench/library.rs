//! What is measured on a large library, *XL*: how long a look at everything takes, and how much memory.

use super::cases::{Case, SETTLED, Times, find, measure_pair, row};
use super::data::{self, XL};
use super::measure::{self, Peak, Row};
use crate::Failure;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

/// Names of the cases here, in the order in which they run.
pub(crate) const NAMES: [&str; 5] = ["P6", "P7", "P8", "P9", "P13"];

const CASES: [Case; 4] = [
    Case {
        name: "P6",
        work: "resync XL, nothing changed, no content read",
        against: "find -printf over all trees",
        target: 3.0,
    },
    Case {
        name: "P7",
        work: "resync XL after 10 files changed",
        against: "P6: nothing changed",
        target: 1.2,
    },
    Case {
        name: "P8",
        work: "first resync of XL: everything is read",
        against: "find -print0 | xargs -0 -P2 sha256sum",
        target: 1.2,
    },
    Case {
        name: "P9",
        work: "status of 200 projects, warm",
        against: "find -printf over all trees",
        target: 2.0,
    },
];

/// Megabytes that a resync may take.
const MEMORY: u64 = 60;
const PROJECTS: u64 = 200;
const DEPLOYMENTS: u64 = 100;
const CHANGED: u64 = 10;

/// *XL*, laid out and deployed.
pub(crate) struct Library {
    skm: PathBuf,
    home: PathBuf,
    projects: PathBuf,
}

impl Library {
    /// Makes the collection and deploys a hundred of its artifacts to each project.
    pub(crate) fn lay_out(scratch: &Path, skm: PathBuf) -> Result<Self, Failure> {
        let library = Self { skm, home: scratch.join("home-xl"), projects: scratch.join("projects-xl") };
        let skills = library.home.join("collections/default/skills");
        let written = data::lay_out(&skills, "bench", XL).map_err(|error| error.to_string())?;
        if written != XL {
            return Err(format!("laid out {written:?} instead of {XL:?}"));
        }
        for project in 0..PROJECTS {
            let folder = library.project(project);
            std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
            let first = project * DEPLOYMENTS;
            let ids = (first..first + DEPLOYMENTS).map(|n| format!("skill:bench-{:03}", n % XL.skills));
            let mut command = library.skm(&["deploy", "--json"]);
            command.args(ids).arg("--project").arg(folder);
            measure::time(&mut [command])?;
        }
        measure::time(&mut [Command::new("sync")])?;
        thread::sleep(SETTLED);
        library.resync()?;
        Ok(library)
    }

    /// What was measured with, in a line.
    pub(crate) fn about() -> String {
        let mb = XL.bytes / 1_000_000;
        let deployments = PROJECTS * DEPLOYMENTS;
        format!(
            "XL = {} skills, {} files, {mb} MB; {PROJECTS} projects, {deployments} deployments",
            XL.skills, XL.files
        )
    }

    /// One round to warm up, then `rounds` that count.
    pub(crate) fn run(&self, rounds: usize, wanted: &[String]) -> Result<(Vec<Row>, Vec<Peak>), Failure> {
        let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name);
        let mut times = Times::new();
        let mut peaks = Vec::new();
        for round in 0..=rounds {
            for case in CASES.iter().filter(|case| is_wanted(case.name)) {
                let entry = times.entry(case.name).or_default();
                match case.name {
                    "P6" => measure_pair(round, vec![self.find()], self.unchanged(), entry)?,
                    "P7" => self.changed(round, entry)?,
                    "P8" => self.first(round, entry)?,
                    _ => measure_pair(round, vec![self.find()], self.skm(&["status", "--json"]), entry)?,
                }
            }
            if is_wanted("P13") {
                peaks.push(measure::peak(self.unchanged())?);
            }
            if round == 0 {
                times.clear();
                peaks.clear();
            }
        }
        self.ensure_read(0)?;
        let work = "memory of a resync of XL at its peak";
        let peaks = is_wanted("P13").then(|| Peak::of("P13", work, &peaks, MEMORY));
        Ok((CASES.iter().filter_map(|case| row(case, &times)).collect(), peaks.into_iter().collect()))
    }

    /// A resync that reads the changed trees, against one that finds nothing to read.
    fn changed(&self, round: usize, times: &mut (Vec<Duration>, Vec<Duration>)) -> Result<(), Failure> {
        for number in 0..CHANGED {
            let project = (round as u64 * CHANGED + number) * 17 % PROJECTS;
            let skill = format!("bench-{:03}", project * DEPLOYMENTS % XL.skills);
            let file = self.project(project).join(".claude/skills").join(skill).join("SKILL.md");
            let write = |text: String| std::fs::write(&file, format!("{text}\nround {round}\n"));
            std::fs::read_to_string(&file).and_then(write).map_err(|error| error.to_string())?;
        }
        times.1.push(measure::time(&mut [self.unchanged()])?);
        thread::sleep(SETTLED);
        self.resync()?;
        times.0.push(measure::time(&mut [self.unchanged()])?);
        Ok(())
    }

    /// A resync without a cache, against reading and hashing everything.
    fn first(&self, round: usize, times: &mut (Vec<Duration>, Vec<Duration>)) -> Result<(), Failure> {
        for end in ["", "-wal", "-shm"] {
            let file = self.home.join(format!("desktop/cache.sqlite{end}"));
            if file.exists() {
                std::fs::remove_file(&file).map_err(|error| format!("{}: {error}", file.display()))?;
            }
        }
        let mut hash = Command::new("sh");
        hash.args(["-c", "find \"$0\" \"$1\" -type f -print0 | xargs -0 -P2 sha256sum > /dev/null"]);
        hash.arg(self.home.join("collections")).arg(&self.projects);
        measure_pair(round, vec![hash], self.unchanged(), times)
    }

    /// Times of a resync that read content would not be times of one that did not.
    fn ensure_read(&self, files: u64) -> Result<(), Failure> {
        let output = self.skm(&["resync", "--json"]).output().map_err(|error| error.to_string())?;
        let text = String::from_utf8_lossy(&output.stdout).replace(' ', "");
        let wanted = format!("\"hashed_files\":{files}");
        let read = text.split(['{', ',', '}', '\n']).any(|part| part == wanted);
        if read { Ok(()) } else { Err(format!("a resync should read {files} files: {text}")) }
    }

    fn resync(&self) -> Result<(), Failure> {
        measure::time(&mut [self.unchanged()])?;
        self.ensure_read(0)
    }

    fn unchanged(&self) -> Command {
        self.skm(&["resync", "--json"])
    }

    fn find(&self) -> Command {
        find(&self.home.join("collections"), &self.projects)
    }

    fn project(&self, number: u64) -> PathBuf {
        self.projects.join(format!("project-{number:03}"))
    }

    fn skm(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.skm);
        command.arg("--home").arg(&self.home).args(arguments);
        command.env("HOME", &self.home).env_remove("SKILLMEAT_HOME");
        command
    }
}
