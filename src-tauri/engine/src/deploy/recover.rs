//! Finishing, or taking back, what a process left that was killed; and taking back what failed on the way.
//!
//! Everything is decided from what is on disk: the part in the journal, its stage, its targets. Nothing is assumed
//! about which step came last, so recovery can itself be killed and run again.
//!
//! | effect | in the slot | at the target | not committed: take back | committed: finish |
//! |---|---|---|---|---|
//! | created | the copy | – | nothing to do | move the copy there |
//! | created | nothing | the copy | move it into the slot | nothing to do |
//! | created | nothing | edited, or the copy with ignored entries in it | it stays and is recorded | nothing to do |
//! | updated | the copy | old | nothing to do | exchange them |
//! | updated | old | the copy | exchange them | nothing to do |
//! | updated | old | edited | it stays and is recorded, old to the trash | nothing to do |
//! | updated | old | the copy, with ignored entries that do not fit into old | it stays and is recorded, old to the trash | nothing to do |
//! | updated | old | nothing | move old there | nothing to do |
//! | removed | nothing | old | nothing to do | – |
//! | removed | old | nothing | move old there | nothing to do |
//! | removed | old | something | it stays, old to the trash | nothing to do |
//!
//! Where the file system cannot exchange two trees in one step, old is *aside* for a moment; that counts as the slot.

use super::Ledger;
use super::back::{Back, is_copy, is_old};
use super::document::{self, Document};
use super::finish::{OF_SETS, Site, TRASH};
use super::objects::store_again;
use super::stage::{aside, slot};
use super::swap::carry;
use crate::error::{Error, Result};
use crate::fs::{EntryKind, FileLock, Trashed};
use crate::journal::{Effect, Part, State, StepNote};
use crate::manifest;
use crate::path::RelPath;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashSet};

/// What became of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It had happened, and is done now.
    Finished,
    /// It had happened; old content waits in the stage for room in the trash, as this says.
    Waits(String),
    /// It had not happened, and nothing of it is left but the given targets: somebody edited them afterwards.
    TakenBack(Vec<RelPath>),
}

/// Finishes a part of the journal, or takes it back. The caller holds the project's lock.
///
/// # Errors
/// `io` and its relatives; what was not done is done by the next recovery.
pub fn recover(site: &Site<'_>, part: Part, ledger: &mut Ledger) -> Result<Outcome> {
    match part.state {
        State::Staging | State::Abandoned => site.forget(&part).map(|()| Outcome::TakenBack(Vec::new())),
        State::Prepared if is_committed(site, &part)? => {
            let mut part = Part { recovered: true, ..part };
            for step in part.steps.iter().filter(|_| !part.noted) {
                roll_forward(site, &part, step)?;
            }
            if let Err(error) = store_again(site, &mut part) {
                tracing::warn!(%error, "what was deployed could not be stored for later comparisons");
            }
            site.journal().write(&part)?;
            site.follow(&part)?;
            site.project.flush_all()?;
            let notices = site.finish(&part, ledger)?;
            Ok(notices
                .into_iter()
                .next()
                .map_or(Outcome::Finished, |(_, notice)| Outcome::Waits(notice.message)))
        }
        State::Prepared => take_back(site, part, ledger).map(Outcome::TakenBack),
    }
}

/// Whether the manifest was renamed over: its new text is no longer in the stage, or the old one is there where none
/// takes its place. Without a stage, which somebody must have taken away by hand unless it was done, the manifest
/// itself tells.
fn is_committed(site: &Site<'_>, part: &Part) -> Result<bool> {
    let stage = Site::stage(part)?;
    if site.project.entry(&stage)?.is_some() {
        let there = |name: &str| Ok::<_, crate::Error>(site.project.entry(&stage.child(name)?)?.is_some());
        return if part.manifest_after.is_some() { Ok(!there(NEW_MANIFEST)?) } else { there(OLD_MANIFEST) };
    }
    let now = document::text(site.project, &part.place)?;
    Ok(now != part.manifest_before || digest(now.as_deref()) == part.manifest_after)
}

/// Takes back a part that was not committed. Gives the targets that stay because somebody edited them.
///
/// # Errors
/// `io` and its relatives; the part stays in the journal then.
pub(super) fn take_back(site: &Site<'_>, part: Part, ledger: &mut Ledger) -> Result<Vec<RelPath>> {
    let stage = Site::stage(&part)?;
    if site.project.entry(&stage)?.is_none() {
        // Somebody took it away, or this is another folder now. What stands at the targets may be anybody's.
        return site.forget(&part).map(|()| Vec::new());
    }
    let mut edited = Vec::new();
    for step in part.steps.iter().rev() {
        if !(Back { site, part: &part, step, stage: &stage }).put()? {
            edited.push(step.clone());
        }
    }
    for step in &part.stranded {
        let aside = aside(&stage, &step.slot)?;
        let old = if site.project.entry(&aside)?.is_some() { aside } else { slot(&stage, &step.slot)? };
        if site.project.entry(&old)?.is_some() && site.project.entry(&step.target)?.is_none() {
            site.project.rename_new(&old, &step.target)?;
        }
    }
    if let Some((_, problem)) = site.keep(&part, &stage, part.stranded.iter())?.into_iter().next() {
        // The stage stays, and with it the part, until there is room in the trash.
        return Err(Error::Internal { what: problem.message });
    }
    if edited.is_empty() {
        let part = Part { state: State::Abandoned, ..part };
        site.journal().write(&part)?;
        site.project.flush_all()?;
        site.forget(&part)?;
        return Ok(Vec::new());
    }
    record(site, &part, &edited)?;
    // From here on the part is these targets and nothing else, and has happened.
    let stay = edited.iter().map(|step| step.target.clone()).collect();
    let part = Part { recovered: true, steps: edited, follows: None, ..part };
    site.journal().write(&part)?;
    match part.manifest_after {
        Some(_) => site.project.remove(&stage.child(NEW_MANIFEST)?)?,
        None => site.project.replace(&stage.child(OLD_MANIFEST)?, b"")?,
    }
    site.project.flush_all()?;
    site.finish(&part, ledger)?;
    Ok(stay)
}

/// Swaps what a committed part has not swapped on disk: after a power loss, folder entries may be older than the
/// manifest's.
fn roll_forward(site: &Site<'_>, part: &Part, step: &StepNote) -> Result<()> {
    let (project, target, stage) = (site.project, &step.target, Site::stage(part)?);
    let slot = slot(&stage, &step.slot)?;
    let swapped = !is_copy(project, &slot, step)? || is_old(project, &slot, step)?;
    if swapped || !matches!(step.effect, Effect::Created | Effect::Updated) {
        return Ok(());
    }
    match (step.effect, project.entry(target)?.is_some()) {
        // Somebody put something there since; the copy in the slot is only a copy.
        (Effect::Created, true) => Ok(()),
        (_, true) => {
            project.exchange(&slot, target, &aside(&stage, &step.slot)?)?;
            carry(project, &slot, target, &step.carried)
        }
        (_, false) => {
            if let Some(parent) = target.parent() {
                project.create_folders(&parent)?;
            }
            project.rename_new(&slot, target)
        }
    }
}

/// Writes the records of targets that stay. A file that would have followed is left as it is.
fn record(site: &Site<'_>, part: &Part, edited: &[StepNote]) -> Result<()> {
    let (project, place) = (site.project, &part.place);
    let stage = Site::stage(part)?;
    let _lock = document::lock(project, place)?;
    let read = |name: &str| {
        let bytes = project.read(&stage.child(name)?, manifest::MAX_BYTES)?;
        Ok::<_, Error>(bytes.and_then(|bytes| String::from_utf8(bytes).ok()))
    };
    let follower = read(NEW_FOLLOWER)?;
    let planned = read(NEW_MANIFEST)?;
    let planned = planned.and_then(|text| Document::planned(place, &text, follower.as_deref()));
    let Some(planned) = planned else { return Ok(()) };
    let mut now = Document::read(project, place)?.unwrap_or_else(|| Document::empty(place));
    for step in edited.iter().filter(|step| step.effect != Effect::Removed) {
        now.revert(&step.record, Some(&planned));
    }
    if let Some(text) = now.text() {
        // By way of the stage: a crash leaves nothing beside the manifest.
        let staged = stage.child("manifest.recovered")?;
        project.replace(&staged, text.as_bytes())?;
        project.flush_all()?;
        let file = document::file(place)?;
        project.rename_over(&staged, &file)?;
        project.flush_folder(file.parent().as_ref())?;
    }
    Ok(())
}

/// Moves the stages in these folders, in which nothing of ours runs or waits, to the trash: a power loss took the
/// journal entry, or they are another home's. One that somebody works in is left alone, and so is one of an operation
/// that our journal knows: its project was moved here, and may move back. Gives where they were.
///
/// # Errors
/// `io` and its relatives.
pub fn left_over_stages(site: &Site<'_>, folders: &[RelPath], now: &str) -> Result<Vec<RelPath>> {
    let mut moved = Vec::new();
    let known: HashSet<String> =
        site.journal().running()?.parts.iter().map(|part| part.operation.to_string()).collect();
    for stages in folders {
        if site.project.entry(stages)?.is_none_or(|entry| entry.kind != EntryKind::Folder) {
            continue;
        }
        for entry in site.project.list(Some(stages))? {
            let stage = stages.child(&entry.name)?;
            let operation = entry.name.strip_suffix(OF_SETS).unwrap_or(&entry.name);
            if entry.kind != EntryKind::Folder || known.contains(operation) {
                continue;
            }
            let Ok(Some(_lock)) = FileLock::folder(site.project, &stage) else { continue };
            let origin = site.project.absolute(&stage).display().to_string();
            let origins = BTreeMap::from([("0".to_owned(), origin)]);
            let note = Trashed { operation: entry.name.clone(), trashed_at: now.to_owned(), origins };
            let folder = RelPath::new(format!("left-over-{}", uuid::Uuid::now_v7().simple()))?;
            site.desktop.create_folders(&RelPath::new(TRASH)?)?;
            let trash = site.desktop.open_below(&RelPath::new(TRASH)?)?;
            trash.note_trash(&folder, &note)?;
            site.project.trash(&stage, &trash, &folder.child("0")?)?;
            moved.push(stage);
        }
        site.project.remove_folder_if_empty(stages)?;
    }
    Ok(moved)
}

/// SHA-256 of a manifest's text.
pub(super) fn digest(text: Option<&str>) -> Option<String> {
    text.map(|text| crate::id::ContentHash::from_digest(&Sha256::digest(text)).to_string())
}

/// The new manifest's text, in the stage.
pub(super) const NEW_MANIFEST: &str = "manifest";
/// The new text of the file that follows it, in the stage.
pub(super) const NEW_FOLLOWER: &str = "follower";
/// The old one, in the stage, where no new one takes its place.
pub(super) const OLD_FOLLOWER: &str = "follower.gone";
/// The old manifest, in the stage, where no new one takes its place.
pub(super) const OLD_MANIFEST: &str = "manifest.gone";
