//! Drafting a deploy.

use super::copies::Copies;
use super::{Choices, Desk, Draft, refused, with_decision};
use crate::deploy::{Bytes, NewBase, RecordEdit, Source, Step};
use crate::engine::gate::Gate;
use crate::engine::library::Artifact;
use crate::error::{Error, Problem};
use crate::fs::{EntryKind, Survey};
use crate::id::{ArtifactRef, ContentHash};
use crate::journal::{self, Effect};
use crate::manifest::{self, Manifest, Record};
use crate::path::RelPath;
use crate::plan::{
    Action, Decision, DeployRequest, OnConflict, PlanItem, SetTarget, Target, choice_for, decide_deploy,
    no_place_for,
};
use crate::platform::Profile;
use crate::status::in_the_way;
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

const CHOICES: &[OnConflict] = &[OnConflict::Skip, OnConflict::Overwrite, OnConflict::Keep];

/// An artifact that was asked for, as it was asked for.
pub(in crate::engine) type Wanted<'a> = (ArtifactRef, Result<Artifact<'a>, Problem>);

/// The manifests of a project that were read, by profile root.
type Manifests = HashMap<RelPath, Result<Option<Manifest>, Problem>>;

/// Places that this request has used: by which artifact, and whether it is copied there.
type Taken = HashMap<PathBuf, ((String, String), bool)>;

/// Where an artifact goes.
struct Place<'p> {
    profile: &'p Profile,
    root: RelPath,
    /// Relative to the root.
    path: RelPath,
    /// The record that is there already.
    record: Option<Record>,
}

impl Desk<'_> {
    /// Drafts a deploy: each wanted artifact to each profile. What cannot be resolved or read becomes a refused
    /// draft; the others go on.
    pub(in crate::engine) fn deploy(
        &self,
        request: &DeployRequest,
        wanted: &[Wanted<'_>],
        profiles: &[&Profile],
        dest: Option<&RelPath>,
    ) -> Vec<Draft> {
        let choices = Choices { request: &request.choices, fallback: request.on_conflict };
        let mut manifests = Manifests::new();
        let there = self.copies();
        let (mut names, mut taken, mut asked) = (self.names(&there), Taken::new(), Copies::default());
        // What is looked at is most of a plan's time, and one artifact has nothing to do with another.
        let gate = self.gate;
        let look = |(_, artifact): &Wanted<'_>| {
            let artifact = artifact.clone()?;
            Ok(source_of(gate, &artifact, checked(&artifact)?))
        };
        let sources: Vec<Result<Source, Problem>> = wanted.par_iter().map(look).collect();
        let mut drafts = Vec::new();
        for profile in profiles {
            for ((query, artifact), source) in wanted.iter().zip(&sources) {
                let artifact = match artifact {
                    Ok(artifact) if !self.is_wanted(request, &query_of(artifact), profile) => continue,
                    Err(_) if !self.is_wanted(request, &asked_for(query), profile) => continue,
                    Ok(artifact) if request.all && profile.target(artifact.id().kind()).is_none() => continue,
                    Ok(artifact) => artifact,
                    Err(problem) => {
                        drafts.push(self.unresolved(query, &profile.id, problem.clone()));
                        continue;
                    }
                };
                let item = self.item(artifact.id(), artifact.collection(), &profile.id);
                let draft = self.place(artifact, profile, dest, &mut manifests).and_then(|place| {
                    let target = place.root.join(&place.path);
                    let at = self.real(&target)?;
                    let coming = coming(&taken, &at, artifact, &target)?;
                    there.apart(&at, &target)?;
                    asked.apart(&at, &target)?;
                    names.claim(&at, &target)?;
                    asked.add(at.clone(), target);
                    let draft =
                        self.deploy_one(item.clone(), artifact, source.clone()?, place, &choices, coming)?;
                    let copied = matches!(draft.item.action, Action::Created | Action::Updated);
                    taken.entry(at).or_insert_with(|| (query_of(artifact), copied));
                    Ok(draft)
                });
                drafts.push(draft.unwrap_or_else(|problem| refused(item, problem)));
            }
        }
        drafts
    }

    /// Whether an artifact is asked for in this profile.
    fn is_wanted(
        &self,
        request: &DeployRequest,
        (id, collection): &(String, String),
        profile: &Profile,
    ) -> bool {
        SetTarget::wants(&request.only, &self.project.path, (id, collection), &profile.id)
    }

    /// Where its record says, else below the kind's folder.
    fn place<'p>(
        &self,
        artifact: &Artifact<'_>,
        profile: &'p Profile,
        dest: Option<&RelPath>,
        manifests: &mut Manifests,
    ) -> Result<Place<'p>, Problem> {
        let id = artifact.id();
        let (root, folder) = profile.target(id.kind()).ok_or_else(|| Error::UnsupportedKind {
            platform: profile.title.clone(),
            kind: id.kind().as_str(),
            artifact: id.to_string(),
        })?;
        let root = self.project.profile_root(&root)?;
        let folder = dest.map_or_else(|| folder.clone(), |dest| folder.join(dest));
        // Claude Code looks for skills one folder deep, so a skill's namespace is no folder.
        let leaf = if id.kind().is_folder() { id.name().to_owned() } else { format!("{}.md", id.path()) };
        let path = folder.child(&leaf)?;
        let read =
            manifests.entry(root.clone()).or_insert_with(|| Ok(manifest::read(&self.project.root, &root)?));
        let manifest = read.as_ref().map_err(Problem::clone)?;
        let records = || {
            let all = manifest.iter().flat_map(Manifest::records);
            all.filter(|record| record.profile_id == profile.id && record.kind == id.kind())
        };
        let record = match records().find(|record| record.artifact_path == path) {
            Some(record) => Some(record),
            None if dest.is_some() => None,
            None => self.only_record(artifact, records()),
        };
        let path = record.map_or(path, |record| record.artifact_path.clone());
        Ok(Place { profile, root, path, record: record.cloned() })
    }

    /// The record of an artifact that is deployed in one other place than where it would go.
    fn only_record<'r>(
        &self,
        artifact: &Artifact<'_>,
        records: impl Iterator<Item = &'r Record>,
    ) -> Option<&'r Record> {
        let mut mine = records.filter(|record| {
            record.artifact_path.name().trim_end_matches(".md") == artifact.id().name()
                && self
                    .library
                    .of_record(record)
                    .is_some_and(|hit| (hit.id(), hit.collection()) == (artifact.id(), artifact.collection()))
        });
        let first = mine.next()?;
        mine.next().is_none().then_some(first)
    }

    /// Whether a record is of another artifact, which is still there; one of a collection that cannot be read may be.
    fn is_anothers(&self, record: &Record, artifact: &Artifact<'_>) -> bool {
        match self.library.of_record(record) {
            Some(hit) => (hit.id(), hit.collection()) != (artifact.id(), artifact.collection()),
            None => {
                record.from_collection != artifact.collection()
                    && self.library.is_unreadable(&record.from_collection)
            }
        }
    }

    fn deploy_one(
        &self,
        mut item: PlanItem,
        artifact: &Artifact<'_>,
        copied: Source,
        place: Place<'_>,
        choices: &Choices<'_>,
        coming: bool,
    ) -> crate::Result<Draft> {
        let target = place.root.join(&place.path);
        item.path = Some(target.clone());
        let (shelf, survey) = (&artifact.shelf.root, &copied.survey);
        (item.files, item.bytes) = (survey.files(), survey.bytes());

        // What another artifact has there, of another collection or namespace, is not ours to replace.
        let own = place.record.as_ref().filter(|record| !self.is_anothers(record, artifact));
        let recorded = own.map(|record| &record.content_hash);
        let base = self.ledger.base(&target, recorded).map(|base| &base.fingerprint);
        let (there, there_survey) = self.gate.target(&self.project.root, &target, recorded, base);
        let (there, there_survey) = if coming {
            let hash = self.gate.hash(shelf, artifact.path(), survey)?;
            (Target::Present { hash, unfiltered: None, has_ignored: false, differs: false }, None)
        } else {
            (there, there_survey)
        };
        // A new copy's hash is computed while it is made; only a comparison needs it before.
        let source = match &there {
            Target::Absent => None,
            Target::Present { .. } | Target::Unreadable(_) => {
                Some(self.gate.hash(shelf, artifact.path(), survey)?)
            }
        };
        item.choice = choice_for(choices.request, choices.fallback, &self.project.path, &target);
        let shown = self.project.root.absolute(&target).display().to_string();
        let mut decision = decide_deploy(&there, recorded, source.as_ref(), item.choice, &shown);
        if let (Action::Updated, None, Some(there)) = (decision.action, &decision.conflict, &there_survey)
            && let Some(problem) = crowded_out(survey, there, &shown)
        {
            decision = Decision::conflict(problem, CHOICES, item.choice, Action::Updated);
        }
        let record = match (decision.action, &place.record) {
            (Action::Unchanged, Some(record)) => record.clone(),
            _ => self.record(artifact, &place, source),
        };
        let seen = [Some(survey.signature()), there_survey.as_ref().map(Survey::signature)];
        // A single file has no room for what a folder in its place holds; that goes to the trash with the rest.
        let carry_ignored = place.record.is_some() && !survey.is_single();
        let step =
            placing(&decision, copied, there_survey, carry_ignored).map(|(effect, bytes, base)| Step {
                artifact_id: item.artifact_id.clone(),
                collection: item.collection.clone(),
                target,
                effect,
                bytes,
                record: RecordEdit::Write(record.clone()),
                base,
            });
        let item = with_decision(item, decision);
        Ok(Draft {
            item,
            step,
            place: Some(journal::Place::Profile(place.root)),
            record: Some(record),
            seen,
            notice: None,
        })
    }

    fn record(&self, artifact: &Artifact<'_>, place: &Place<'_>, source: Option<ContentHash>) -> Record {
        Record {
            artifact_name: self.library.name_in_records(artifact).to_owned(),
            kind: artifact.id().kind(),
            from_collection: artifact.collection().to_owned(),
            deployed_at: self.now.to_owned(),
            artifact_path: place.path.clone(),
            content_hash: source.unwrap_or_else(|| ContentHash::from_digest(&[0; 32])),
            profile_id: place.profile.id.clone(),
            platform: Some(place.profile.platform.clone()),
            artifact_uuid: artifact.uuid().map(str::to_owned),
        }
    }
}

/// An artifact as what is copied.
pub(super) fn source_of(gate: &Gate<'_>, artifact: &Artifact<'_>, survey: Survey) -> Source {
    let (shelf, path) = (&artifact.shelf.root, artifact.path());
    let known = gate.known(shelf, path, &survey);
    let fingerprint = known.map(|hash| Box::new(survey.fingerprint(&hash)));
    let stored = fingerprint.as_ref().and_then(|fingerprint| gate.stored(fingerprint)).map(Box::new);
    Source { root: shelf.clone(), path: path.clone(), survey, fingerprint, stored }
}

/// An artifact that may be copied, as it is now.
pub(super) fn checked(artifact: &Artifact<'_>) -> crate::Result<Survey> {
    let shelf = &artifact.shelf.root;
    let at = shelf.absolute(artifact.path());
    let survey = shelf.survey(artifact.path())?.ok_or_else(|| Error::SourceInvalid {
        path: at.clone(),
        reason: "it is no longer there".to_owned(),
    })?;
    survey.check_source(&at)?;
    if artifact.found.main_file.is_none() {
        return Err(Error::SourceInvalid { path: at, reason: "it has no SKILL.md".to_owned() });
    }
    Ok(survey)
}

/// The conflict of a new copy that has a file where the old one has a folder with entries of the ignore list.
fn crowded_out(new: &Survey, old: &Survey, shown: &str) -> Option<Problem> {
    if old.ignored.is_empty() {
        return None;
    }
    let files = new.entries.iter().filter(|entry| entry.kind != EntryKind::Folder);
    let files: HashSet<&str> = files.map(|entry| entry.path.as_str()).collect();
    let (file, entry) = in_the_way(|path| files.contains(path), &old.ignored).into_iter().next()?;
    Some(no_place_for(shown, entry, file))
}

/// What a decision means for the bytes; `None` when nothing is done.
fn placing(
    decision: &Decision,
    source: Source,
    there: Option<Survey>,
    carry_ignored: bool,
) -> Option<(Effect, Bytes, NewBase)> {
    match decision.action {
        Action::Created | Action::Updated => {
            let effect = if there.is_some() { Effect::Updated } else { Effect::Created };
            Some((
                effect,
                Bytes::Place { source, replaces: there, carry_ignored, edits: Vec::new() },
                NewBase::Copied,
            ))
        }
        Action::Adopted => Some((Effect::Adopted, Bytes::Leave, NewBase::Of(source))),
        Action::Kept => Some((Effect::Kept, Bytes::Leave, NewBase::Of(source))),
        Action::Unchanged | Action::Removed | Action::None => None,
    }
}

/// An artifact by its id and collection.
fn query_of(artifact: &Artifact<'_>) -> (String, String) {
    (artifact.id().to_string(), artifact.collection().to_owned())
}

/// The same of one that was not found.
fn asked_for(query: &ArtifactRef) -> (String, String) {
    (query.artifact_id.clone(), query.collection.clone().unwrap_or_default())
}

/// Two artifacts of one request cannot have one place. Two profiles may, through links: tells whether the first one's
/// copy is on its way there.
fn coming(taken: &Taken, at: &Path, artifact: &Artifact<'_>, target: &RelPath) -> crate::Result<bool> {
    match taken.get(at) {
        None => Ok(false),
        Some((first, copied)) if *first == query_of(artifact) => Ok(*copied),
        Some(((first, collection), _)) => Err(Error::NameClash {
            first: format!("{first} in {collection}"),
            second: format!("{} in {}", artifact.id(), artifact.collection()),
            target: target.to_string(),
        }),
    }
}
