//! Pushing: what was edited in a project's copy comes into its collection.
//!
//! The same three-way comparison as an update, the other way round: files that only the project changed go in, those
//! that only the collection changed stay as they are there, and what both changed needs an answer. One operation of two
//! parts, the collection's and then the project's, each under its own lock. No byte in the project is written but the
//! manifest.
//!
//! | part | what is written | in one commit |
//! |---|---|---|
//! | collection | a tree merged in the stage takes the artifact's place, the old one goes to the trash; `collection.toml`, which `collection.lock` follows | per collection |
//! | project | the record of the copy, and its base | per profile root |
//!
//! # What a deployment is afterwards
//!
//! Record and base become what the project and the collection **have in common**: the copy as it is, but for files where
//! a person took the collection's; those are the collection's in the base. So each file is then
//!
//! * `synced` where it went in or was equal,
//! * `outdated` where only the collection changed it: the copy still has to be updated,
//! * `outdated` where a merged text went in: the copy has neither side's text, and an update brings it,
//! * `modified` where the collection's was taken although the project edited it.
//!
//! Were the whole collection's tree the base, as after an update, then a file that only the collection changed would
//! look edited in the project, and the next push would put the old content back.
//!
//! # Crash points
//!
//! | between | on disk | status of the copy | who goes on |
//! |---|---|---|---|
//! | before the collection's commit | the old artifact, the old record | as before | recovery takes the collection's part back |
//! | that commit and the project's part | the new artifact, the old record | `synced` where both are equal now, whatever the record says; a file that both changed and that has an answer is still a `conflict` | nobody has to: the operation is listed, what was done can be undone, and another push finds only the record to write (`adopted`) |
//! | within the project's part | the old or the new record | right with either | recovery takes the part back or finishes it |
//!
//! The old record is never wrong, only older: it names content that was deployed once, and its base is kept. That is
//! why the record may be left out where the copy changes meanwhile; the answer then says so.
//!
//! Everything is decided before the locks are taken. Under each lock what was decided is compared with what is there: an
//! artifact, a copy or a record that is another one by then is refused with `plan-stale`.

mod result;

use super::Engine;
use super::draft::{self, Desk, Draft, Pushed};
use super::gate::Gate;
use super::library::Library;
use super::project::Project;
use super::recover::{LOCK_PATIENCE, Recovered};
use super::write::Request;
use crate::collection::EntryEdit;
use crate::deploy::{Edit, Ledger, Receipt, Source};
use crate::error::{Error, Result};
use crate::fs::Survey;
use crate::id::{ArtifactId, ProjectPath};
use crate::journal::Journal;
use crate::manifest::Record;
use crate::path::RelPath;
use crate::plan::{Plan, UpdateRequest};
use crate::status::FileState;
use std::collections::{BTreeMap, BTreeSet};

/// An artifact, by its collection.
pub(super) type Key = (String, ArtifactId);

/// What a push does, decided.
#[derive(Debug, Default)]
pub(super) struct Push {
    pub(super) intakes: Vec<Intake>,
    pub(super) agreed: Vec<Agreed>,
}

/// What a collection takes in.
#[derive(Debug)]
pub(super) struct Intake {
    pub(super) artifact: Key,
    /// The artifact, relative to the collection.
    pub(super) target: RelPath,
    /// The project's copy.
    pub(super) source: Source,
    /// What the collection had when it was compared.
    pub(super) replaces: Survey,
    /// What is put over the project's tree: what the collection keeps, and merged texts.
    pub(super) edits: Vec<Edit>,
    /// What the entry says from then on.
    pub(super) entry: EntryEdit,
}

/// What a record says afterwards, and its base.
#[derive(Debug)]
pub(super) struct Agreed {
    pub(super) project: ProjectPath,
    pub(super) artifact: Key,
    /// The profile root.
    pub(super) root: RelPath,
    /// The record as it was, and as it will be.
    pub(super) record: (Record, Record),
    /// Signature of the copy.
    pub(super) seen: [u8; 32],
    /// Paths of the base that are the collection's; none where that has nothing there.
    pub(super) over: Vec<(String, Option<FileState>)>,
    /// Whether it holds only once the collection has taken something in.
    pub(super) follows: bool,
}

impl Engine {
    /// What `push_to_collection` would do: one item per deployment; `taken` are the files that the collection takes.
    /// Writes nothing but the cache.
    ///
    /// # Errors
    /// As [`Engine::plan_update`].
    pub fn plan_push(&self, request: &UpdateRequest) -> Result<Plan> {
        let decided = self.decide_push(request)?;
        let id = draft::plan_id(&decided.drafts)?;
        let collections = Push { intakes: decided.push.intakes, agreed: Vec::new() };
        let mut plan = draft::plan(decided.drafts, Vec::new())?;
        if !collections.intakes.is_empty() {
            let shelved = self.plan(Request::Push(&collections))?;
            result::refuse(&mut plan, &shelved);
        }
        Ok(Plan { id, ..plan })
    }

    /// Takes what was edited in projects into the collections that it came from. A file that both sides changed needs an
    /// answer, else its deployment is refused (`local-changes`); a linked collection takes nothing. When it answers,
    /// everything that the receipt calls done is on disk and survives power loss.
    ///
    /// # Errors
    /// As [`Engine::plan_push`], and `plan-stale`; nothing was written then.
    pub fn push_to_collection(&self, request: &UpdateRequest) -> Result<Receipt> {
        let _own = self.own_commits();
        let recovered = self.recover_for(request)?;
        let decided = self.decide_push(request)?;
        if let Some(agreed) = &request.plan
            && draft::plan_id(&decided.drafts)? != *agreed
        {
            return Err(Error::PlanStale);
        }
        let (push, drafts) = (decided.push, decided.drafts);
        let told = match push.intakes.is_empty() && push.agreed.is_empty() {
            true => None,
            false => Some(self.run(Request::Push(&push))?),
        };
        let mut receipt = result::receipt(&drafts, &push, told);
        receipt.notices.extend(recovered.iter().map(Recovered::to_problem));
        Ok(receipt)
    }

    fn decide_push(&self, request: &UpdateRequest) -> Result<Decided> {
        let asked = Request::Update(request);
        asked.check()?;
        let cache = self.cache();
        let library = Library::open(&self.options.home)?;
        let gate = Gate::new(Some(&cache), self.options.clock.as_ref());
        let now = self.now();
        let mut pushed = Vec::new();
        for project in self.push_grounds(request)? {
            let profiles = project.named_profiles(&request.profiles)?;
            let ledger: Ledger = self.ledger(&project)?;
            pushed.extend(Desk::new(&library, &gate, &project, &ledger, &now).pushes(request, &profiles)?);
        }
        self.learn(&cache, &gate.into_learned(), &[]);
        Ok(Decided::of(pushed))
    }

    /// The projects of a request, each once, in the order of their paths.
    fn push_grounds(&self, request: &UpdateRequest) -> Result<Vec<Project>> {
        let mut projects = Request::Update(request).grounds(self)?;
        projects.sort_by(|a, b| a.path.cmp(&b.path));
        projects.dedup_by(|a, b| a.path == b.path);
        Ok(projects)
    }

    /// Tidies up what was cut off in the projects of a request and in collections, so that what is decided is decided
    /// from what that leaves.
    fn recover_for(&self, request: &UpdateRequest) -> Result<Vec<Recovered>> {
        let Some(desktop) = self.desktop()? else { return Ok(Vec::new()) };
        let cut_off: BTreeSet<ProjectPath> =
            Journal::new(&desktop).running()?.parts.into_iter().map(|part| part.project_path).collect();
        if cut_off.is_empty() {
            return Ok(Vec::new());
        }
        let mut recovered = Vec::new();
        let collections = self.open_collections().into_iter().filter_map(Result::ok);
        for ground in collections.chain(self.push_grounds(request)?) {
            if cut_off.contains(&ground.path) {
                let _lock = self.lock_project(&ground, &desktop, LOCK_PATIENCE)?;
                recovered.extend(self.recover_project(&ground, &desktop)?);
                if let Err(error) = self.rescan(&ground) {
                    self.cache_failed(&error);
                }
            }
        }
        Ok(recovered)
    }
}

/// A push, deployment by deployment.
struct Decided {
    drafts: Vec<Draft>,
    push: Push,
}

impl Decided {
    /// Where several copies would change one artifact, all must bring the same, or all are refused.
    fn of(mut pushed: Vec<Pushed>) -> Self {
        let mut first: BTreeMap<Key, usize> = BTreeMap::new();
        let mut at_odds = BTreeMap::new();
        for index in 0..pushed.len() {
            let Some(intake) = &pushed[index].intake else { continue };
            let key = intake.artifact.clone();
            match first.get(&key) {
                None => drop(first.insert(key, index)),
                Some(&other) if pushed[other].brings_the_same(&pushed[index]) => pushed[index].follow(),
                Some(&other) => drop(at_odds.insert(key, (other, index))),
            }
        }
        let problems = at_odds.into_iter().map(|(key, (one, other))| {
            (key, draft::differently_edited(&pushed[one].draft.item, &pushed[other].draft.item))
        });
        let problems: BTreeMap<Key, Error> = problems.collect();
        for one in &mut pushed {
            if let Some(problem) = one.changes().and_then(|key| problems.get(&key)) {
                one.refuse(problem.to_problem());
            }
        }
        let mut decided = Self { drafts: Vec::new(), push: Push::default() };
        for Pushed { draft, intake, agreed, .. } in pushed {
            decided.drafts.push(draft);
            decided.push.intakes.extend(intake);
            decided.push.agreed.extend(agreed);
        }
        decided
    }
}
