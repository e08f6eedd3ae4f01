//! Following the disk: what other programs change in projects and collections is seen, looked at, and told with the
//! origin `watcher`.
//!
//! | file | what it does |
//! |---|---|
//! | `places` | which folders are watched, and for whom |
//! | `reconcile` | looks again at what was touched |
//!
//! One thread owns the watches ([`Watch::run`]) and holds the engine only while it works, so that dropping the engine
//! ends it. What was touched waits until it is quiet, then is looked at in one go: one batch, however many files. Our
//! own operations touch files too; by then the cache has their rows, so the look finds nothing new and tells nobody.
//! A project or collection whose lock somebody holds is looked at once that one is done. Where the system does not
//! tell (no watches left, a network file system) it is looked at from time to time, and that is told once.

mod places;
mod reconcile;

use super::Engine;
use crate::clock::iso;
use crate::error::{Code, Problem, Severity};
use crate::feed::{AttentionRaised, Event};
use crate::watch::{Blind, Folders, Pulse, Subject, Touched};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

/// How long the thread sleeps at most, and so how late it hears of a pause.
const TICK: Duration = Duration::from_millis(200);
/// How often to look where nobody tells of changes.
const POLL: Duration = Duration::from_secs(5);
/// A look at what nobody tells of takes at most one part in so many of the time.
const SHARE: u32 = 20;

/// Whether changes on disk are followed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum WatchState {
    /// Nobody watches, as in a command line program.
    #[default]
    Off,
    /// The system tells of every change.
    Watching,
    /// Some or all is looked at every few seconds, because the system does not tell.
    Polling,
    /// A person wants it so.
    Paused,
}

/// How changes on disk are followed now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct WatchStatus {
    /// Whether, and how.
    pub state: WatchState,
    /// Projects that are followed.
    pub projects: u64,
    /// When a change by another program was last seen, ISO-8601.
    pub changed_at: Option<String>,
    /// Why some are only looked at from time to time.
    pub problem: Option<Problem>,
}

/// What window and watching thread share.
#[derive(Debug, Default)]
pub(super) struct Live {
    paused: AtomicBool,
    hurry: AtomicBool,
    stopped: AtomicBool,
    status: Mutex<WatchStatus>,
}

impl Live {
    fn edit(&self, edit: impl FnOnce(&mut WatchStatus)) {
        edit(&mut self.status.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Engine {
    /// How changes on disk are followed now.
    pub fn watch_status(&self) -> WatchStatus {
        self.live.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Stops following changes on disk, or follows them again and catches up. Gives how it is now.
    pub fn pause_watching(&self, paused: bool) -> WatchStatus {
        self.live.paused.store(paused, Ordering::Relaxed);
        self.live.edit(|status| {
            status.state = match (paused, status.state) {
                (_, WatchState::Off) => WatchState::Off,
                (true, _) => WatchState::Paused,
                (false, WatchState::Paused) => WatchState::Watching,
                (false, state) => state,
            };
        });
        self.watch_status()
    }

    /// Looks now at what was seen to change, without waiting until it is quiet; and at what nobody tells of.
    pub fn flush_watching(&self) {
        self.live.hurry.store(true, Ordering::Relaxed);
    }

    /// Ends [`Watch::run`], for the end of the program.
    pub fn stop_watching(&self) {
        self.live.stopped.store(true, Ordering::Relaxed);
    }
}

/// The watches of one engine. Whatever changes from its making on is seen.
#[derive(Debug)]
pub struct Watch {
    engine: Weak<Engine>,
    live: Arc<Live>,
    /// None where the system has no watches at all, or while paused.
    folders: Option<Folders>,
    pulse: Pulse,
    touched: Touched,
    /// The cache's revision when it was last asked what is to be followed, and what was.
    listed: Option<u64>,
    subjects: BTreeSet<Subject>,
    /// When it was last looked at what nobody tells of, and how long that took.
    polled: (Instant, Duration),
    paused: bool,
    /// The last look worked.
    well: bool,
}

impl Watch {
    /// Watches what the engine knows of.
    pub fn begin(engine: &Arc<Engine>) -> Self {
        let mut watch = Self {
            engine: Arc::downgrade(engine),
            live: Arc::clone(&engine.live),
            folders: None,
            pulse: Pulse::default(),
            touched: Touched::default(),
            listed: None,
            subjects: BTreeSet::new(),
            polled: (Instant::now(), Duration::ZERO),
            paused: false,
            well: true,
        };
        watch.open(engine);
        watch
    }

    /// Follows changes until the engine is dropped or [`Engine::stop_watching`] is called.
    pub fn run(mut self) {
        loop {
            let patience = self.pulse.due_in(Instant::now()).unwrap_or(TICK).min(TICK);
            self.listen(patience);
            let Some(engine) = self.engine.upgrade() else { return };
            if self.live.stopped.load(Ordering::Relaxed) {
                return self.live.edit(|status| status.state = WatchState::Off);
            }
            self.step(&engine);
        }
    }

    /// Waits for events.
    fn listen(&mut self, patience: Duration) {
        let Some(folders) = &mut self.folders else { return std::thread::sleep(patience) };
        match folders.wait(patience) {
            Ok(touched) if touched.is_empty() => {}
            Ok(touched) => {
                self.touched.extend(touched);
                self.pulse.beat(Instant::now());
            }
            Err(error) => {
                tracing::warn!(%error, "changes are no longer told");
                self.folders = None;
            }
        }
    }

    fn step(&mut self, engine: &Engine) {
        let wanted = self.live.paused.load(Ordering::Relaxed);
        if wanted {
            // Watches are given back, and what happens meanwhile is caught up with at the end.
            (self.folders, self.touched, self.pulse, self.paused) = Default::default();
            self.paused = true;
            return self.live.edit(|status| status.state = WatchState::Paused);
        }
        if std::mem::take(&mut self.paused) {
            self.open(engine);
            self.touched.everything = true;
            self.pulse.beat(Instant::now());
        }
        let hurry = self.live.hurry.swap(false, Ordering::Relaxed);
        self.follow(engine);
        self.poll(hurry);
        if hurry {
            self.pulse.hurry(Instant::now());
        }
        if self.pulse.is_over(Instant::now()) {
            self.look(engine);
        }
    }

    /// Looks at what was touched.
    fn look(&mut self, engine: &Engine) {
        let touched = std::mem::take(&mut self.touched);
        let began = Instant::now();
        match engine.reconcile(&touched) {
            Ok(reconciled) => {
                self.well = true;
                if reconciled.changed {
                    let now = iso(engine.options.clock.now());
                    self.live.edit(|status| status.changed_at = Some(now));
                }
                if !reconciled.busy.is_empty() {
                    self.touched.subjects.extend(reconciled.busy);
                    self.pulse.beat(Instant::now());
                }
                self.place(engine, &touched.subjects);
            }
            Err(error) => {
                // One message for a run of failures; the next look at what nobody tells of tries again.
                if std::mem::take(&mut self.well) {
                    let problem = error.to_problem();
                    engine.feed.publish(&Event::AttentionRaised(AttentionRaised { problem, project: None }));
                }
                self.touched = touched;
            }
        }
        self.polled.1 = began.elapsed();
    }

    /// Adds what nobody tells of, when it is time to look at it.
    fn poll(&mut self, now: bool) {
        let pause = POLL.max(self.polled.1 * SHARE);
        if !now && self.polled.0.elapsed() < pause {
            return;
        }
        self.polled.0 = Instant::now();
        match &self.folders {
            Some(folders) => self.touched.subjects.extend(folders.blind().keys().cloned()),
            None => self.touched.everything = true,
        }
        if !self.touched.is_empty() {
            self.pulse.beat(Instant::now());
            self.pulse.hurry(Instant::now());
        }
    }

    fn open(&mut self, engine: &Engine) {
        self.folders =
            Folders::new().inspect_err(|error| tracing::warn!(%error, "nothing can be watched")).ok();
        (self.listed, self.subjects) = Default::default();
        self.follow(engine);
    }

    /// Follows what there is now: projects and collections come and go.
    fn follow(&mut self, engine: &Engine) {
        let revision = engine.cache().revision().ok();
        let stale = self.folders.as_ref().is_some_and(|folders| !folders.stale().is_empty());
        if self.listed.is_some() && revision == self.listed && !stale {
            return;
        }
        self.listed = revision;
        match engine.subjects() {
            Ok(subjects) if subjects != self.subjects => {
                let news: BTreeSet<Subject> = subjects.difference(&self.subjects).cloned().collect();
                self.subjects = subjects;
                self.place(engine, &news);
            }
            Ok(_) => self.place(engine, &BTreeSet::new()),
            Err(error) => tracing::warn!(%error, "what is to be watched is not known"),
        }
    }

    /// Watches the folders of these subjects, and of those that moved.
    fn place(&mut self, engine: &Engine, subjects: &BTreeSet<Subject>) {
        let before = self.live.status.lock().unwrap_or_else(PoisonError::into_inner).problem.clone();
        if let Some(folders) = &mut self.folders {
            folders.keep_only(&self.subjects);
            let anew: Vec<Subject> = subjects.union(folders.stale()).cloned().collect();
            for subject in anew.iter().filter(|subject| self.subjects.contains(subject)) {
                folders.follow(subject, engine.places(subject));
            }
        }
        let problem = self.problem();
        if let Some(problem) = problem.clone().filter(|_| before.is_none()) {
            engine.feed.publish(&Event::AttentionRaised(AttentionRaised { problem, project: None }));
        }
        let state = if problem.is_some() { WatchState::Polling } else { WatchState::Watching };
        let is_project = |subject: &&Subject| matches!(subject, Subject::Project(_));
        let projects = self.subjects.iter().filter(is_project).count() as u64;
        self.live.edit(|status| {
            (status.state, status.projects, status.problem) = (state, projects, problem);
        });
    }

    /// Why not everything is told.
    fn problem(&self) -> Option<Problem> {
        let blind = self.folders.as_ref().map(Folders::blind);
        let of = |why: Blind| blind.is_some_and(|blind| blind.values().any(|other| *other == why));
        let (limit, remote) = (blind.is_none() || of(Blind::Limit), of(Blind::Remote));
        let (why, remedy) = match (limit, remote) {
            (false, false) => return None,
            (true, _) => (
                "the system allows no more watches",
                " Raise its limit (on Linux fs.inotify.max_user_watches and max_user_instances) and restart.",
            ),
            (false, true) => ("they lie on a file system that does not tell of changes", ""),
        };
        let what = match blind {
            None => "All projects and collections".to_owned(),
            Some(blind) => format!("{} of the projects and collections", blind.len()),
        };
        let seconds = POLL.as_secs();
        let message = format!("{what} are looked at every {seconds} seconds or so, because {why}.{remedy}");
        Some(Problem::new(Code::WatchLimited, Severity::Notice, message))
    }
}

/// What a look at what was touched came to.
#[derive(Debug, Default)]
pub(super) struct Reconciled {
    /// Rows changed.
    changed: bool,
    /// What somebody is working in, to be looked at later.
    busy: BTreeSet<Subject>,
}

#[cfg(test)]
mod tests;
