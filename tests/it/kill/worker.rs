//! The process that is killed.

use super::scene::{self, Version};
use crate::call::artifact;
use crate::fuzz::input::Random;
use skillmeat_engine::Engine;
use skillmeat_engine::deploy::{Outcome, Receipt};
use skillmeat_engine::plan::{DeployRequest, UndeployRequest};
use skillmeat_tests::Sandbox;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

/// What the process has to do: `<seed>|<sandbox>`.
const ORDER: &str = "SKILLMEAT_TESTS_KILL";
/// It ends by itself then: whoever should kill it is gone.
const ENOUGH: u64 = 200;

/// What a worker says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// The engine is open, and what was cut off before is tidied up.
    Ready,
    /// An operation begins that will leave this in every project.
    Began(Option<Version>),
    /// It was answered.
    Ended,
    /// Something was refused or failed, though nothing is in the way.
    Failed(String),
}

/// A running worker; it is killed at the latest when this goes.
pub(super) struct Worker {
    child: Child,
    out: BufReader<ChildStdout>,
    told: Vec<Told>,
}

impl Worker {
    pub(super) fn start(sandbox: &Sandbox, seed: u64) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["kill::works_when_asked", "--exact", "--nocapture"])
            .env(ORDER, format!("{seed}|{}", sandbox.path().display()))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, out, told: Vec::new() }
    }

    pub(super) fn wait_until_ready(&mut self) {
        while !self.told.contains(&Told::Ready) {
            assert!(self.hear(), "a worker ended before it was ready");
        }
    }

    /// Waits until so many operations are done and, so that a kill comes in the middle of one, one more has begun.
    pub(super) fn wait_for_ends(&mut self, ends: usize) {
        let count =
            |told: &[Told], wanted: fn(&Told) -> bool| told.iter().filter(|line| wanted(line)).count();
        while count(&self.told, |line| *line == Told::Ended) < ends
            || count(&self.told, |line| matches!(line, Told::Began(_))) <= ends
        {
            assert!(self.hear(), "a worker ended before it was killed");
        }
    }

    /// Kills it and gives all that it said.
    pub(super) fn kill(mut self) -> Vec<Told> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        while self.hear() {}
        std::mem::take(&mut self.told)
    }

    /// Hears one line; tells whether there was one.
    fn hear(&mut self) -> bool {
        let mut line = String::new();
        let heard = self.out.read_line(&mut line).unwrap();
        // A line that was cut off says nothing.
        match line.strip_suffix('\n').and_then(|line| line.strip_prefix("worker ")) {
            Some("ready") => self.told.push(Told::Ready),
            Some("ended") => self.told.push(Told::Ended),
            Some(line) => match line.strip_prefix("began ") {
                Some(version) => self.told.push(Told::Began(Version::parse(version))),
                None => self.told.push(Told::Failed(line.to_owned())),
            },
            None => {}
        }
        heard > 0
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a worker was started for.
pub(super) struct Order {
    pub(super) seed: u64,
    pub(super) sandbox: PathBuf,
}

pub(super) fn order() -> Option<Order> {
    let order = std::env::var(ORDER).ok()?;
    let (seed, sandbox) = order.split_once('|').unwrap();
    Some(Order { seed: seed.parse().unwrap(), sandbox: sandbox.into() })
}

/// Deploys, updates and undeploys until it is killed.
pub(super) fn work(sandbox: &Sandbox, seed: u64) {
    let mut random = Random::new(seed);
    let engine = sandbox.engine();
    engine.recover().unwrap();
    say("ready");
    for _ in 0..ENOUGH {
        if random.one_in(4) {
            say("began nothing");
            tell_failures(&undeploy(&engine, sandbox));
        } else {
            if random.one_in(2) {
                scene::exchange_versions(sandbox);
            }
            say(&format!("began {}", Version::of_collection(sandbox).as_str()));
            tell_failures(&deploy(&engine, sandbox));
        }
        say("ended");
    }
}

pub(super) fn deploy(engine: &Engine, sandbox: &Sandbox) -> Receipt {
    let artifacts = scene::ids().iter().map(|id| artifact(id)).collect();
    let request = DeployRequest { artifacts, projects: scene::projects(sandbox), ..DeployRequest::default() };
    engine.deploy(&request).unwrap()
}

pub(super) fn undeploy(engine: &Engine, sandbox: &Sandbox) -> Receipt {
    let projects = scene::projects(sandbox);
    let request = UndeployRequest { all: true, projects, ..UndeployRequest::default() };
    engine.undeploy(&request).unwrap()
}

/// Nothing is in the way, so nothing may be refused: it would be something that an earlier kill left.
fn tell_failures(receipt: &Receipt) {
    for result in receipt.results.iter().filter(|result| result.status != Outcome::Success) {
        say(&format!("failed {result:?}"));
    }
}

fn say(what: &str) {
    // The lock and the flush make one write of a whole line.
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "worker {what}");
    let _ = out.flush();
}
