//! What is measured, and against what. The cases follow on each other: P2 deploys again what P1 deployed, P3 removes
//! it. All rounds of a case run before the next one, and what removes comes last: where files were removed, some file
//! systems (ext4 without a journal) look for minutes past each of them whenever they make a new one, so that a round
//! would pay for the one before it, and the baseline and we not alike.

use super::data::{self, L, ONE, Size};
use super::measure::{self, Row, Spread};
use crate::{Failure, place};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The cases, in the order in which they run.
pub(crate) const NAMES: [&str; 6] = ["P1-first", "P1", "P2", "P3", "P4", "P5"];

pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) work: &'static str,
    pub(super) against: &'static str,
    pub(super) target: f64,
}

const CASES: [Case; 6] = [
    Case {
        name: "P1-first",
        work: "deploy L into an empty project, nothing of it stored",
        against: "cp -r, sync -f",
        target: 1.5,
    },
    Case {
        name: "P1",
        work: "the same, its content stored by an earlier deploy",
        against: "cp -r, sync -f",
        target: 1.5,
    },
    Case {
        name: "P2",
        work: "the same again, nothing changed",
        against: "find -printf over source and target",
        target: 3.0,
    },
    Case { name: "P3", work: "undeploy L", against: "rm -r, sync -f", target: 3.0 },
    Case { name: "P4", work: "deploy one skill of 4 files", against: "cp -r, 3 × sync -f", target: 2.0 },
    Case {
        name: "P5",
        work: "write through to a cache of 100,000 rows",
        against: "to one of 100",
        target: 1.2,
    },
];

/// Content younger than this is read again, and stored again, in any case.
pub(super) const SETTLED: Duration = Duration::from_millis(2100);
/// Where a project's skills are.
const SKILLS: &str = ".claude/skills";

/// Ours and the baseline, by the name of the case.
pub(super) type Times = BTreeMap<&'static str, (Vec<Duration>, Vec<Duration>)>;

/// The data, laid out.
pub(crate) struct Bench {
    skm: PathBuf,
    scratch: PathBuf,
    about: String,
}

impl Bench {
    /// Makes two homes: one whose collection is *L*, one with a single skill of four files.
    pub(crate) fn lay_out(scratch: &Path, skm: PathBuf) -> Result<Self, Failure> {
        let bench = Self { skm, scratch: scratch.to_owned(), about: describe(L, scratch) };
        for (home, size) in [("home-l", L), ("home-one", ONE)] {
            let written =
                data::lay_out(&bench.skills(home), "bench", size).map_err(|error| error.to_string())?;
            if written != size {
                return Err(format!("laid out {written:?} instead of {size:?}"));
            }
        }
        // As on any machine where the app has been opened once, and what it found is not of this second.
        std::thread::sleep(SETTLED);
        for home in ["home-l", "home-one"] {
            measure::time(&mut [bench.skm(home, &["resync"])])?;
        }
        Ok(bench)
    }

    /// What was measured with, in a line.
    pub(crate) fn about(&self) -> &str {
        &self.about
    }

    /// One round to warm up, then `rounds` that count. Ours goes first in every second one.
    pub(crate) fn run(&self, rounds: usize, wanted: &[String]) -> Result<Vec<Row>, Failure> {
        let mut times = Times::new();
        if wanted.is_empty() || wanted.iter().any(|name| name == "P5") {
            times.insert("P5", self.write_through(rounds)?);
        }
        if wanted == ["P5"] {
            return Ok(rows(wanted, &times));
        }
        self.first(rounds, wanted, &mut times)?;
        self.follow_up(rounds, wanted, &mut times)?;
        self.single(rounds, wanted, &mut times)?;
        self.undeploys(rounds, wanted, &mut times)?;
        Ok(rows(wanted, &times))
    }

    /// One update at a time, in a small cache and in a large one by turns: the baseline's times, and ours.
    fn write_through(&self, rounds: usize) -> Result<(Vec<Duration>, Vec<Duration>), Failure> {
        let folder = self.folder("write-through", 0)?;
        let mut command = Command::new(place::built("release/examples", "write_through"));
        command.arg(&folder).args(["100", "100000"]).arg(rounds.to_string());
        let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
        if !output.status.success() {
            return Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)));
        }
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let nanos =
            |text: &str| text.parse().map(Duration::from_nanos).map_err(|_| format!("{text:?} is no time"));
        let mut measured = (Vec::new(), Vec::new());
        for line in text.lines() {
            let (small, large) = line.split_once(' ').ok_or_else(|| format!("{line:?} are no two times"))?;
            measured.0.push(nanos(small)?);
            measured.1.push(nanos(large)?);
        }
        Ok(measured)
    }

    /// P1-first.
    fn first(&self, rounds: usize, wanted: &[String], times: &mut Times) -> Result<(), Failure> {
        let source = self.skills("home-l");
        for round in rounds_of(&["P1-first"], rounds, wanted) {
            let (plain, project) = (self.folder("plain-first", round)?, self.folder("project-first", round)?);
            self.forget_content("home-l")?;
            let ours = self.deploy("home-l", &project);
            pair("P1-first", round, vec![copy(&source, &plain), sync(&plain)], ours, times)?;
            ensure_files(&project.join(SKILLS), L.files)?;
            self.forget("home-l", &project)?;
        }
        Ok(())
    }

    /// P1 and P2.
    fn follow_up(&self, rounds: usize, wanted: &[String], times: &mut Times) -> Result<(), Failure> {
        let source = self.skills("home-l");
        for round in rounds_of(&["P1", "P2", "P3"], rounds, wanted) {
            let (plain, project) = (self.folder("plain", round)?, self.folder("project", round)?);
            let ours = self.deploy("home-l", &project);
            pair("P1", round, vec![copy(&source, &plain), sync(&plain)], ours, times)?;
            ensure_files(&project.join(SKILLS), L.files)?;
        }
        for round in rounds_of(&["P2"], rounds, wanted) {
            let project = self.folder("project", round)?;
            let baseline = vec![find(&source, &project.join(SKILLS))];
            pair("P2", round, baseline, self.deploy("home-l", &project), times)?;
        }
        Ok(())
    }

    /// P4.
    fn single(&self, rounds: usize, wanted: &[String], times: &mut Times) -> Result<(), Failure> {
        let source = self.skills("home-one");
        for round in rounds_of(&["P4"], rounds, wanted) {
            let (plain, project) = (self.folder("plain-one", round)?, self.folder("project-one", round)?);
            let baseline = vec![copy(&source, &plain), sync(&plain), sync(&plain), sync(&plain)];
            pair("P4", round, baseline, self.deploy("home-one", &project), times)?;
            ensure_files(&project.join(SKILLS), ONE.files)?;
            // So that each round finds the same number of projects.
            self.forget("home-one", &project)?;
        }
        Ok(())
    }

    /// P3.
    fn undeploys(&self, rounds: usize, wanted: &[String], times: &mut Times) -> Result<(), Failure> {
        for round in rounds_of(&["P3"], rounds, wanted) {
            let (plain, project) = (self.folder("plain", round)?, self.folder("project", round)?);
            let baseline = vec![remove(&plain.join("skills")), sync(&plain)];
            pair("P3", round, baseline, self.undeploy("home-l", &project), times)?;
            ensure_files(&project.join(SKILLS), 0)?;
        }
        Ok(())
    }

    fn skills(&self, home: &str) -> PathBuf {
        self.scratch.join(home).join("collections/default/skills")
    }

    fn folder(&self, name: &str, round: usize) -> Result<PathBuf, Failure> {
        let folder = self.scratch.join(format!("{name}-{round}"));
        std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(folder)
    }

    /// `HOME` is ours too: nothing of the person who measures is read or written.
    fn skm(&self, home: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.skm);
        command.arg("--home").arg(self.scratch.join(home)).args(arguments);
        command.env("HOME", &self.scratch).env_remove("SKILLMEAT_HOME");
        command
    }

    fn deploy(&self, home: &str, project: &Path) -> Command {
        let all: &[&str] = if home == "home-one" { &["skill:bench-000"] } else { &["--all"] };
        let mut command = self.skm(home, &["deploy", "--json"]);
        command.args(all).arg("--project").arg(project);
        command
    }

    fn undeploy(&self, home: &str, project: &Path) -> Command {
        let mut command = self.skm(home, &["undeploy", "--all", "--json", "--project"]);
        command.arg(project);
        command
    }

    /// As if nothing had ever been deployed: what is not there is stored again.
    fn forget_content(&self, home: &str) -> Result<(), Failure> {
        let objects = self.scratch.join(home).join("desktop/objects");
        match std::fs::remove_dir_all(&objects) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(format!("{}: {error}", objects.display()))
            }
            _ => Ok(()),
        }
    }

    fn forget(&self, home: &str, project: &Path) -> Result<(), Failure> {
        let mut command = self.skm(home, &["project", "remove"]);
        command.arg(project);
        measure::time(&mut [command]).map(|_| ())
    }
}

/// Round 0 warms up; none, unless one of the cases is wanted.
fn rounds_of(cases: &[&str], rounds: usize, wanted: &[String]) -> std::ops::Range<usize> {
    let is_wanted = wanted.is_empty() || wanted.iter().any(|name| cases.contains(&name.as_str()));
    0..if is_wanted { rounds + 1 } else { 0 }
}

fn pair(
    name: &'static str,
    round: usize,
    baseline: Vec<Command>,
    ours: Command,
    times: &mut Times,
) -> Result<(), Failure> {
    let mut warm_up = Default::default();
    let measured = if round == 0 { &mut warm_up } else { times.entry(name).or_default() };
    measure_pair(round, baseline, ours, measured)
}

fn rows(wanted: &[String], times: &Times) -> Vec<Row> {
    let chosen = CASES.iter().filter(|case| wanted.is_empty() || wanted.iter().any(|name| name == case.name));
    chosen.filter_map(|case| row(case, times)).collect()
}

pub(super) fn row(case: &Case, times: &Times) -> Option<Row> {
    let (baseline, ours) = times.get(case.name)?;
    let (baseline, ours) = (Spread::of(baseline), Spread::of(ours));
    let Case { name, work, against, target } = *case;
    Some(Row { name, work, against, target, baseline, ours })
}

fn describe(size: Size, scratch: &Path) -> String {
    let mb = size.bytes / 1_000_000;
    format!("L = {} skills, {} files, {mb} MB; {}", size.skills, size.files, scratch.display())
}

pub(super) fn measure_pair(
    round: usize,
    mut baseline: Vec<Command>,
    ours: Command,
    (baseline_times, our_times): &mut (Vec<Duration>, Vec<Duration>),
) -> Result<(), Failure> {
    let mut ours = [ours];
    for turn in 0..2 {
        // What is still on its way to the disk would be counted for whoever flushes next.
        measure::time(&mut [Command::new("sync")])?;
        if (round + turn).is_multiple_of(2) {
            baseline_times.push(measure::time(&mut baseline)?);
        } else {
            our_times.push(measure::time(&mut ours)?);
        }
    }
    Ok(())
}

pub(super) fn copy(source: &Path, target: &Path) -> Command {
    let mut command = Command::new("cp");
    command.arg("-r").arg(source).arg(target);
    command
}

pub(super) fn sync(folder: &Path) -> Command {
    let mut command = Command::new("sync");
    command.arg("-f").arg(folder);
    command
}

fn remove(folder: &Path) -> Command {
    let mut command = Command::new("rm");
    command.arg("-r").arg(folder);
    command
}

pub(super) fn find(source: &Path, target: &Path) -> Command {
    let mut command = Command::new("find");
    command.arg(source).arg(target).args(["-type", "f", "-printf", "%s %T@\\n"]);
    command
}

/// A time for work that was not done would be a lie.
pub(super) fn ensure_files(folder: &Path, wanted: u64) -> Result<(), Failure> {
    let found = count_files(folder);
    if found == wanted {
        Ok(())
    } else {
        Err(format!("{found} files in {} instead of {wanted}", folder.display()))
    }
}

fn count_files(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| if entry.path().is_dir() { count_files(&entry.path()) } else { 1 }).sum()
}
