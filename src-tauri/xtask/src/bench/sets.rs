//! What is measured with deployment sets: what one comes to, and deploying one into many projects.

use super::cases::{Case, SETTLED, Times, copy, ensure_files, measure_pair, row, sync};
use super::data::{self, Size};
use super::measure::{self, Row};
use crate::{Failure, place};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Names of the cases here, in the order in which they run.
pub(crate) const NAMES: [&str; 3] = ["P10", "P10-deep", "P15"];

const CASES: [Case; 3] = [
    Case {
        name: "P10",
        work: "resolve a set of 5 levels, 2,000 members",
        against: "10 × the same with 200 members",
        target: 1.2,
    },
    Case {
        name: "P10-deep",
        work: "resolve 20 levels of two sets each, 2^20 ways",
        // Twice the sets, twice the members of each.
        against: "20 levels of one set each",
        target: 4.0,
    },
    Case {
        name: "P15",
        work: "deploy a set of 20 artifacts into 50 projects",
        against: "50 × cp -r, then sync -f",
        target: 2.0,
    },
];

const BATCH: Size = Size { skills: 20, files: 83, bytes: 1_400_000 };
const PROJECTS: usize = 50;
const SET: &str = "Everything";

/// Resolving, and batches of so many projects.
pub(crate) struct Sets {
    skm: PathBuf,
    scratch: PathBuf,
}

impl Sets {
    pub(crate) fn new(scratch: &Path, skm: PathBuf) -> Self {
        Self { skm, scratch: scratch.to_owned() }
    }

    /// What was measured with, in a line.
    pub(crate) fn about() -> String {
        let mb = BATCH.bytes as f64 / 1e6;
        format!("a batch = {} skills, {} files, {mb} MB, {PROJECTS} projects", BATCH.skills, BATCH.files)
    }

    /// One round to warm up, then `rounds` that count. Ours goes first in every second one.
    pub(crate) fn run(&self, rounds: usize, wanted: &[String]) -> Result<Vec<Row>, Failure> {
        let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|one| one == name);
        let mut times = Times::new();
        if is_wanted("P10") || is_wanted("P10-deep") {
            resolutions(rounds, &mut times)?;
        }
        if is_wanted("P15") {
            for round in 0..=rounds {
                let mut warm_up = Default::default();
                let measured = if round == 0 { &mut warm_up } else { times.entry("P15").or_default() };
                self.batch(round, measured)?;
            }
        }
        let chosen = CASES.iter().filter(|case| is_wanted(case.name));
        Ok(chosen.filter_map(|case| row(case, &times)).collect())
    }

    /// A home of its own for each round, so that each deploys for the first time.
    fn batch(&self, round: usize, times: &mut (Vec<Duration>, Vec<Duration>)) -> Result<(), Failure> {
        let home = self.scratch.join(format!("home-set-{round}"));
        let collection = home.join("collections/default");
        let skills = collection.join("skills");
        data::lay_out(&skills, "bench", BATCH).map_err(|error| error.to_string())?;
        let members: String = (0..BATCH.skills)
            .map(|number| format!("  {{ artifact = \"skill:bench-{number:03}\" }},\n"))
            .collect();
        let text = format!("[[sets]]\nid = \"all\"\nname = \"{SET}\"\nmembers = [\n{members}]\n");
        std::fs::write(collection.join("deployment-sets.toml"), text).map_err(|error| error.to_string())?;
        // As on any machine where the app has been opened once, and what it found is not of this second: what is that
        // young is read and stored again for each project.
        std::thread::sleep(SETTLED);
        measure::time(&mut [self.skm(&home, &["resync"])])?;
        let projects = |name: &str| -> Result<Vec<PathBuf>, Failure> {
            let folders =
                (0..PROJECTS).map(|number| self.scratch.join(format!("{name}-{round}/p{number:02}")));
            let make = |folder: PathBuf| match std::fs::create_dir_all(&folder) {
                Ok(()) => Ok(folder),
                Err(error) => Err(format!("{}: {error}", folder.display())),
            };
            folders.map(make).collect()
        };
        let (plain, deployed) = (projects("plain-set")?, projects("project-set")?);
        let mut baseline: Vec<Command> = plain.iter().map(|project| copy(&skills, project)).collect();
        baseline.push(sync(&self.scratch));
        let mut ours = self.skm(&home, &["--json", "set", "deploy", SET, "--project"]);
        ours.args(&deployed);
        measure_pair(round, baseline, ours, times)?;
        deployed.iter().try_for_each(|project| ensure_files(&project.join(".claude/skills"), BATCH.files))
    }

    /// `HOME` is ours too: nothing of the person who measures is read or written.
    fn skm(&self, home: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.skm);
        command.arg("--home").arg(home).args(arguments);
        command.env("HOME", &self.scratch).env_remove("SKILLMEAT_HOME");
        command
    }
}

/// Each round's times: of few members and many, of one way down and of many.
fn resolutions(rounds: usize, times: &mut Times) -> Result<(), Failure> {
    let mut command = Command::new(place::built("release/examples", "resolve"));
    let output = command.arg(rounds.to_string()).output().map_err(|error| format!("{command:?}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)));
    }
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let numbers: Vec<u64> = line.split(' ').filter_map(|text| text.parse().ok()).collect();
        let &[few, many, chain, diamond] = numbers.as_slice() else {
            return Err(format!("{line:?} are no four times"));
        };
        for (name, baseline, ours) in [("P10", few * 10, many), ("P10-deep", chain, diamond)] {
            let entry = times.entry(name).or_default();
            entry.0.push(Duration::from_nanos(baseline));
            entry.1.push(Duration::from_nanos(ours));
        }
    }
    Ok(())
}
