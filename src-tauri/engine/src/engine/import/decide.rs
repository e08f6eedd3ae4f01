//! What each find amounts to. Pure but for the frontmatter of what is copied.

use super::result::{Action, reason_of};
use super::{Import, NewRecord};
use crate::collection::{EntryEdit, TagEdit};
use crate::engine::discover::{Discovered, Looked, Match, described};
use crate::engine::library::Query;
use crate::error::{Code, Error, Problem, Remedy, Result, Severity};
use crate::id::{ArtifactId, ContentHash};
use crate::journal::OperationKind;
use crate::path::{RelPath, folded};
use crate::plan::{CollectionEdit, CollectionRequest, NewContent, Replaces};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashMap};

/// What to do with a find that the collection has in some form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Clash {
    /// Adopt the same content, refuse another one.
    #[default]
    Stop,
    /// Only record it.
    Adopt,
    /// Leave it alone.
    Skip,
    /// Copy it under another name.
    KeepBoth,
    /// Put it in the place of what the collection has; that goes to the trash.
    Replace,
}

/// The answer for one find.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ImportChoice {
    /// The find's place.
    pub path: RelPath,
    /// What to do with it.
    pub choice: Clash,
    /// With `keep-both`: its name in the collection; without one a free one is made.
    #[serde(default)]
    pub name: Option<String>,
}

/// What to import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(default)]
pub struct ImportRequest {
    /// The project it lies in. Either this or `folder`. A project that is not registered becomes registered.
    pub project: Option<String>,
    /// The folder it lies in.
    pub folder: Option<String>,
    /// The collection it goes into; without one the default.
    pub collection: Option<String>,
    /// Ids as `discover` tells them; empty only with `all` or `paths`.
    pub artifacts: Vec<String>,
    /// Places as `discover` tells them.
    pub paths: Vec<RelPath>,
    /// Everything that is found, but for what the person does not want to be offered.
    pub all: bool,
    /// The answer for finds that have none of their own.
    pub on_clash: Clash,
    /// Answers for single finds.
    pub choices: Vec<ImportChoice>,
    /// The plan that the person agreed to; refused with `plan-stale` when it is no longer the plan.
    pub plan: Option<String>,
}

/// A find with what is done about it.
#[derive(Debug)]
pub(in crate::engine) struct Wish {
    pub(super) found: Discovered,
    pub(super) action: Action,
    /// What it is called in the collection.
    pub(super) artifact: Option<ArtifactId>,
    pub(super) choice: Clash,
    pub(super) choices: Vec<Clash>,
    pub(super) problem: Option<Problem>,
    pub(super) reason: Option<&'static str>,
    /// Whether a record is to be written.
    pub(super) records: bool,
}

/// Everything decided.
#[derive(Debug)]
pub(in crate::engine) struct Decided {
    pub(super) import: Import,
    pub(super) wishes: Vec<Wish>,
    /// A digest of what was decided and from what.
    pub(super) plan: String,
    pub(super) collection: String,
    pub(super) root: String,
}

/// What is on its way into the collection, by id.
type Coming = HashMap<ArtifactId, Option<String>>;

pub(super) fn decide(request: &ImportRequest, looked: Looked, now: &str) -> Result<Decided> {
    let into =
        looked.library.shelves.iter().find(|shelf| shelf.collection.name() == looked.report.collection);
    if into.is_some_and(|shelf| shelf.row.linked) {
        let reason = format!(
            "The collection {} is linked, and a linked one is only read. Choose another one.",
            looked.report.collection
        );
        return Err(Error::InvalidRequest { reason });
    }
    let wanted = wanted(request, &looked.report.artifacts)?;
    let taken =
        looked.library.artifacts().filter(|artifact| artifact.collection() == looked.report.collection);
    let mut taken: BTreeSet<String> = taken.map(|artifact| folded(&artifact.id().to_string())).collect();
    let mut coming = Coming::new();
    let (mut wishes, mut edits, mut records) = (Vec::new(), Vec::new(), Vec::new());
    for index in wanted {
        let (found, find) = (&looked.report.artifacts[index], &looked.found.finds[index]);
        let mut wish = wish(request, found, &find.id, &mut coming, &mut taken);
        if let (Action::Created | Action::Updated, Some(artifact)) = (wish.action, &wish.artifact) {
            let entry = find
                .main_file
                .as_ref()
                .map(|main| entry(&looked.root, main))
                .unwrap_or(Ok(EntryEdit::default()));
            match entry {
                Ok(entry) => edits.push(CollectionEdit {
                    artifact: artifact.clone(),
                    path: None,
                    content: NewContent::From(looked.root.absolute(&find.path), replaces(&wish)),
                    entry: EntryEdit {
                        uuid: Some(identity(&[&looked.report.collection, &artifact.to_string(), now])),
                        ..entry
                    },
                }),
                Err(error) => {
                    wish.reason = Some(reason_of(error.code()));
                    wish.problem = Some(error.to_problem());
                    wish.action = Action::None;
                }
            }
        }
        let is_there = !matches!(wish.action, Action::None);
        if let (true, Some(root), Some(artifact), true) =
            (looked.project.is_some(), &find.root, &wish.artifact, is_there)
            && let Some(path) = find.path.strip_prefix(root)
        {
            wish.records = true;
            let profile = find.profile.as_deref().unwrap_or(crate::manifest::DEFAULT_PROFILE).to_owned();
            records.push(NewRecord { artifact: artifact.clone(), root: root.clone(), path, profile });
        }
        wishes.push(wish);
    }
    let collection = looked.report.collection;
    let collect =
        CollectionRequest { collection: collection.clone(), kind: OperationKind::Import, edits, plan: None };
    let project = looked.project.map(|project| project.path.to_string());
    let plan = plan_id(&wishes, &collection)?;
    let import = Import { collect, project, records };
    Ok(Decided { import, wishes, plan, collection, root: looked.report.root })
}

/// The places among the finds of what is asked for.
fn wanted(request: &ImportRequest, found: &[Discovered]) -> Result<BTreeSet<usize>> {
    if !request.all && request.artifacts.is_empty() && request.paths.is_empty() {
        let reason = "Say what to import, or ask for all of it.".to_owned();
        return Err(Error::InvalidRequest { reason });
    }
    let mut wanted = BTreeSet::new();
    if request.all {
        wanted.extend((0..found.len()).filter(|index| !found[*index].skipped));
    }
    for path in &request.paths {
        let index = found.iter().position(|one| one.path == *path);
        wanted.insert(index.ok_or_else(|| missing(path.as_str()))?);
    }
    for id in &request.artifacts {
        let query = Query::parse(id);
        let hits = |exact| {
            let matches = |one: &&Discovered| {
                ArtifactId::parse(&one.artifact_id).is_ok_and(|id| query.matches(&id, exact))
            };
            let hits = found.iter().enumerate().filter(|(_, one)| matches(one)).map(|(index, _)| index);
            hits.collect::<Vec<_>>()
        };
        let exact = hits(true);
        let hits = if exact.is_empty() { hits(false) } else { exact };
        let ids: BTreeSet<&str> = hits.iter().map(|index| found[*index].artifact_id.as_str()).collect();
        match ids.len() {
            0 => return Err(missing(id)),
            1 => wanted.extend(hits),
            _ => {
                let candidates = ids.into_iter().map(str::to_owned).collect();
                return Err(Error::AmbiguousArtifact { query: id.clone(), candidates });
            }
        }
    }
    Ok(wanted)
}

fn missing(query: &str) -> Error {
    Error::ArtifactNotFound { query: query.to_owned(), place: "what was found".to_owned() }
}

fn wish(
    request: &ImportRequest,
    found: &Discovered,
    id: &ArtifactId,
    coming: &mut Coming,
    taken: &mut BTreeSet<String>,
) -> Wish {
    let own = request.choices.iter().find(|choice| choice.path == found.path);
    let mut wish = Wish {
        found: found.clone(),
        action: Action::None,
        artifact: found.collection_artifact.as_deref().and_then(|id| ArtifactId::parse(id).ok()),
        choice: own.map_or(request.on_clash, |own| own.choice),
        choices: Vec::new(),
        problem: None,
        reason: None,
        records: false,
    };
    if let Some(problem) = &found.problem {
        wish.reason = Some(reason_of(problem.code));
        wish.problem = Some(problem.clone());
        return wish;
    }
    let mut state = found.r#match;
    if let (Match::New, Some(other)) = (state, coming.get(id)) {
        // Another copy of that name comes already.
        state = if *other == found.content_hash { Match::Same } else { Match::Differs };
        wish.artifact = Some(id.clone());
    }
    let replaced = wish.artifact.as_ref().is_some_and(|artifact| coming.contains_key(artifact));
    wish.choices = match state {
        Match::New => vec![Clash::Skip],
        Match::Same => vec![Clash::Adopt, Clash::Skip, Clash::KeepBoth],
        Match::Differs if replaced => vec![Clash::Skip, Clash::KeepBoth],
        Match::Differs => vec![Clash::Skip, Clash::KeepBoth, Clash::Replace],
    };
    wish.action = action(state, wish.choice, own.is_some(), found.recorded, replaced);
    match wish.action {
        Action::None if wish.choice == Clash::Skip => wish.reason = Some("skipped"),
        Action::None => {
            wish.reason = Some(if replaced { "duplicate" } else { "already_exists" });
            wish.problem = Some(differs(found));
        }
        Action::Created => {
            let name = own.and_then(|own| own.name.as_deref()).filter(|_| state != Match::New);
            match free(id, name, taken, state != Match::New) {
                Ok(free) => wish.artifact = Some(free),
                Err(error) => {
                    wish.reason = Some("already_exists");
                    wish.problem = Some(error.to_problem());
                    wish.action = Action::None;
                }
            }
        }
        Action::Updated | Action::Adopted | Action::Unchanged | Action::Kept | Action::Removed => {}
    }
    if let (Action::Created | Action::Updated, Some(artifact)) = (wish.action, &wish.artifact) {
        coming.insert(artifact.clone(), found.content_hash.clone());
    }
    wish
}

/// What is done. An answer that fits another state means the usual: nobody replaces what is the same.
fn action(state: Match, choice: Clash, own: bool, recorded: bool, replaced: bool) -> Action {
    match (state, choice) {
        (Match::New, Clash::Skip) if own => Action::None,
        (Match::New, _) => Action::Created,
        (_, Clash::Skip) => Action::None,
        (Match::Same, Clash::KeepBoth) if own => Action::Created,
        (Match::Same, _) if recorded => Action::Unchanged,
        (Match::Same, _) => Action::Adopted,
        (Match::Differs, Clash::KeepBoth) => Action::Created,
        (Match::Differs, Clash::Replace) if !replaced => Action::Updated,
        (Match::Differs, _) => Action::None,
    }
}

/// The name under which something comes: its own, the one that was asked for, or the next free one.
fn free(
    id: &ArtifactId,
    name: Option<&str>,
    taken: &mut BTreeSet<String>,
    another: bool,
) -> Result<ArtifactId> {
    let wanted = match name {
        Some(name) => ArtifactId::new(id.kind(), name)?,
        None if !another => id.clone(),
        None => {
            let numbered = (2..1000)
                .filter_map(|count| ArtifactId::new(id.kind(), &format!("{}-{count}", id.path())).ok());
            let mut open = numbered.filter(|id| !taken.contains(&folded(&id.to_string())));
            open.next().ok_or_else(|| Error::InvalidName {
                name: id.to_string(),
                reason: "no other name for it is free",
            })?
        }
    };
    if !taken.insert(folded(&wanted.to_string())) {
        let target = wanted.to_string();
        return Err(Error::NameClash { first: target.clone(), second: id.to_string(), target });
    }
    Ok(wanted)
}

fn replaces(wish: &Wish) -> Replaces {
    match (&wish.action, &wish.found.collection_hash) {
        (Action::Updated, Some(hash)) => ContentHash::parse(hash).map_or(Replaces::Anything, Replaces::Only),
        (Action::Updated, None) => Replaces::Anything,
        _ => Replaces::Nothing,
    }
}

/// What the main file says, for the entry: SkillMeat reads it there.
fn entry(root: &crate::fs::Root, main: &RelPath) -> Result<EntryEdit> {
    let read = described(root, main)?;
    let stated = [
        ("title", read.title),
        ("description", read.description),
        ("author", read.author),
        ("license", read.license),
        ("version", read.version),
    ];
    Ok(EntryEdit {
        tags: if read.tags.is_empty() { TagEdit::Stay } else { TagEdit::All(read.tags) },
        metadata: stated.into_iter().filter_map(|(key, text)| Some((key, text?))).collect(),
        ..EntryEdit::default()
    })
}

/// A stable identity in SkillMeat's form: 32 hexadecimal digits. One artifact is imported once at a time.
fn identity(of: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in of {
        digest.update(part);
        digest.update([0]);
    }
    digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn differs(found: &Discovered) -> Problem {
    let other = found.collection_artifact.as_deref().unwrap_or(&found.artifact_id);
    let message = format!(
        "{} is not the {other} that is there already. Choose whether to skip it, to keep both or to replace that one.",
        found.path
    );
    Problem::new(Code::NameClash, Severity::Refusal, message)
        .about(found.path.as_str())
        .with_remedy(Remedy::Overwrite)
}

/// A digest of what was decided and of the content that it was decided from.
fn plan_id(wishes: &[Wish], collection: &str) -> Result<String> {
    let mut digest = Sha256::new();
    digest.update(collection);
    for wish in wishes {
        let told = (&wish.found, wish.action, wish.artifact.as_ref().map(ToString::to_string), wish.choice);
        let told = serde_json::to_vec(&told)
            .map_err(|error| Error::Internal { what: format!("an import's plan: {error}") })?;
        digest.update(told);
    }
    Ok(digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect())
}
