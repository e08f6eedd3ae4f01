//! What tests plan for the disk, below a folder of their own, so that tests in one process do not meet.

use super::Call;
use rustix::io::Errno;
use std::fmt;
use std::io::{Error, Result, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

/// How a planned call ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It fails with this error, and the next one works again.
    Once(Errno),
    /// It fails with this error, and so does every later one that can.
    From(Errno),
    /// Half of the bytes are written, then the disk is full.
    Short,
    /// The process ends there and then.
    Abort,
    /// Every call of this kind fails with this error, as on a file system that has no such call.
    Never(Call, Errno),
}

/// One call that passed, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What was asked.
    pub call: Call,
    /// Where; for a move, where to.
    pub path: PathBuf,
    /// Where from, for a move.
    pub from: Option<PathBuf>,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.call, self.path.display())
    }
}

/// A planned fault; it is called off when this goes.
#[derive(Debug)]
pub struct Armed(Arc<Plan>);

/// Writes down every call; ends when this goes.
#[derive(Debug)]
pub struct Recording(Arc<Plan>);

#[derive(Debug)]
struct Plan {
    below: PathBuf,
    /// Nothing: only record.
    fault: Option<Fault>,
    at: u64,
    passed: AtomicU64,
    /// The calls that were recorded, or the one that was hit first.
    steps: Mutex<Vec<Step>>,
}

/// Lets the `at`-th call below `below` that can end this way, counted from one, do so.
#[must_use = "the fault is called off when this is dropped"]
pub fn arm(below: &Path, at: u64, fault: Fault) -> Armed {
    Armed(Plan::add(below, at, Some(fault)))
}

/// Writes down every call below `below` from now on.
#[must_use = "recording ends when this is dropped"]
pub fn record(below: &Path) -> Recording {
    Recording(Plan::add(below, 0, None))
}

impl Armed {
    /// The call that was hit (the first one, where several were); `None` as long as none was.
    pub fn hit(&self) -> Option<Step> {
        self.0.steps().first().cloned()
    }
}

impl Recording {
    /// The calls so far.
    pub fn steps(&self) -> Vec<Step> {
        self.0.steps().clone()
    }
}

impl Drop for Armed {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl Plan {
    fn add(below: &Path, at: u64, fault: Option<Fault>) -> Arc<Self> {
        let (passed, steps) = (AtomicU64::new(0), Mutex::default());
        let plan = Arc::new(Self { below: below.to_owned(), fault, at, passed, steps });
        registry().write().unwrap_or_else(PoisonError::into_inner).push(plan.clone());
        plan
    }

    fn end(&self) {
        let mut plans = registry().write().unwrap_or_else(PoisonError::into_inner);
        plans.retain(|plan| !std::ptr::eq(plan.as_ref(), self));
    }

    fn steps(&self) -> MutexGuard<'_, Vec<Step>> {
        self.steps.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What happens to this call.
    fn pass(&self, step: &Step) -> Option<Fault> {
        let Some(fault) = self.fault else {
            self.steps().push(step.clone());
            return None;
        };
        if !fault.can_be(step.call) {
            return None;
        }
        let passed = self.passed.fetch_add(1, Ordering::Relaxed) + 1;
        let hit = match fault {
            Fault::From(_) | Fault::Never(..) => passed >= self.at,
            Fault::Once(_) | Fault::Short | Fault::Abort => passed == self.at,
        };
        if !hit {
            return None;
        }
        let mut steps = self.steps();
        if steps.is_empty() {
            steps.push(step.clone());
        }
        Some(fault)
    }
}

impl Fault {
    /// Whether this can happen to such a call. What a system never answers proves nothing.
    fn can_be(self, call: Call) -> bool {
        use Call::{
            CacheBegin, CacheCommit, CreateFile, CreateFolder, Exchange, FlushFile, FlushFolder, FlushSystem,
            List, Lock, Open, Read, Remove, Rename, SetMode, Stat, Write,
        };
        let errno = match self {
            // Between two changes a crash leaves the same wherever it happens.
            Self::Abort => {
                return !matches!(call, Open | Stat | List | Read | FlushFile | FlushFolder | FlushSystem);
            }
            Self::Short => return call == Write,
            Self::Never(only, _) => return call == only,
            Self::Once(errno) | Self::From(errno) => errno,
        };
        match errno {
            // A folder may have no room for one more entry; once the disk is full, moving back still works.
            Errno::NOSPC if matches!(call, Rename | Exchange) => matches!(self, Self::Once(_)),
            Errno::NOSPC => matches!(
                call,
                CreateFile | CreateFolder | Write | FlushFile | FlushSystem | Lock | CacheBegin | CacheCommit
            ),
            Errno::ACCESS => matches!(
                call,
                Open | Stat | List | CreateFile | CreateFolder | SetMode | Rename | Exchange | Remove | Lock
            ),
            Errno::ROFS => matches!(
                call,
                CreateFile | CreateFolder | SetMode | Rename | Exchange | Remove | Lock | CacheBegin
            ),
            Errno::MFILE => {
                matches!(call, Open | List | Read | CreateFile | FlushFolder | FlushSystem | Lock)
            }
            _ => true,
        }
    }

    fn error(self) -> Error {
        match self {
            Self::Once(errno) | Self::From(errno) | Self::Never(_, errno) => errno.into(),
            Self::Short | Self::Abort => Errno::NOSPC.into(),
        }
    }
}

fn registry() -> &'static RwLock<Vec<Arc<Plan>>> {
    static PLANS: OnceLock<RwLock<Vec<Arc<Plan>>>> = OnceLock::new();
    PLANS.get_or_init(RwLock::default)
}

/// What the first plan that concerns this call makes of it. Every recording sees it.
fn consult(step: &Step) -> Option<Fault> {
    let concerns = |plan: &&Arc<Plan>| {
        step.path.starts_with(&plan.below)
            || step.from.as_ref().is_some_and(|from| from.starts_with(&plan.below))
    };
    let plans = registry().read().unwrap_or_else(PoisonError::into_inner);
    plans.iter().filter(concerns).fold(None, |fault, plan| {
        let own = plan.pass(step);
        fault.or(own)
    })
}

fn is_planned() -> bool {
    !registry().read().unwrap_or_else(PoisonError::into_inner).is_empty()
}

/// See [`super::point`] and [`super::moving`].
pub(super) fn pass(call: Call, from: Option<PathBuf>, at: impl FnOnce() -> PathBuf) -> Result<()> {
    if !is_planned() {
        return Ok(());
    }
    let step = Step { call, path: at(), from };
    match consult(&step) {
        None => Ok(()),
        Some(Fault::Abort) => abort(&step),
        Some(fault) => Err(fault.error()),
    }
}

/// See [`super::write_all`].
pub(super) fn fit(file: &mut impl Write, bytes: &[u8], at: impl FnOnce() -> PathBuf) -> Result<()> {
    if !is_planned() {
        return Ok(());
    }
    let step = Step { call: Call::Write, path: at(), from: None };
    let Some(fault) = consult(&step) else { return Ok(()) };
    if matches!(fault, Fault::Short | Fault::Abort) {
        file.write_all(&bytes[..bytes.len() / 2])?;
    }
    if fault == Fault::Abort { abort(&step) } else { Err(fault.error()) }
}

/// Ends the process as a crash does, and tells whoever started it where.
#[allow(clippy::disallowed_methods, reason = "a crash is what is planned")]
fn abort(step: &Step) -> ! {
    let _ = writeln!(std::io::stderr(), "aborted at {step}");
    std::process::abort()
}
