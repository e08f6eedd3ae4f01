//! Drafting the undeploy of a set: what it comes to, and no other deployed set needs.
//!
//! No manifest says that a set was deployed, and none could: SkillMeat writes the same file. So it is told from what is
//! there. **A set is deployed in a profile of a project when every artifact that it comes to, and that this profile can
//! take, has a record there**; artifacts that are gone from their collection are not waited for, and a set without any
//! is never deployed. What such a set comes to stays, and the plan says which set needs it.
//!
//! Sets inside the one that is undeployed go with it, so they need nothing of their own. Others count however they came
//! there: whether two sets of the same artifacts were both deployed nobody can tell, and a copy too many is harmless
//! where one too few is not. Whoever wants it gone all the same says so, for single copies (a choice) or for all
//! (`even_needed`); what stays by mistake is then one click away, and nothing had to be guessed.

use super::copies::Copies;
use super::undeploy::Recorded;
use super::{Choices, Desk, Draft, refused, with_decision};
use crate::engine::sets::OtherSet;
use crate::error::{Code, Problem, Result, Severity};
use crate::id::ArtifactId;
use crate::plan::{Action, Decision, OnConflict, PlanItem, SetTarget, UndeployRequest};
use crate::platform::{self, Profile};
use std::collections::{HashMap, HashSet};

/// An artifact's collection and id.
type Key = (String, String);

impl Desk<'_> {
    /// Drafts it: one draft for each copy, and one for each artifact that has none here.
    ///
    /// # Errors
    /// `io` and its relatives when the project cannot be listed.
    pub(in crate::engine) fn undeploy_set(
        &self,
        request: &UndeployRequest,
        others: &[OtherSet],
        profiles: &[&Profile],
    ) -> Result<Vec<Draft>> {
        let records = self.records()?;
        let needed = self.needed(others, &records.good);
        let fallback = if request.discard_edits { OnConflict::Overwrite } else { OnConflict::Stop };
        let choices = Choices { request: &request.choices, fallback };
        let named = |entry: &Recorded| {
            profiles.is_empty() || profiles.iter().any(|one| one.id == entry.record.profile_id)
        };
        let is_asked = |(collection, id): &Key| {
            let here = |one: &SetTarget| one.project_path == self.project.path && one.is_of(id, collection);
            request.only.is_empty() || request.only.iter().any(here)
        };
        let (mut copies, mut drafts) = (self.copies(), Vec::new());
        for artifact in &request.artifacts {
            let key = (artifact.collection.clone().unwrap_or_default(), artifact.artifact_id.clone());
            if !is_asked(&key) {
                continue;
            }
            let meant = |entry: &&Recorded| {
                key_of(entry) == key && named(entry) && self.is_among(&request.only, entry)
            };
            let mut found = false;
            for entry in records.good.iter().filter(meant) {
                let by = needed.get(&(entry.record.profile_id.as_str(), key.clone())).copied();
                drafts.push(self.undeploy_needed(entry, by, &choices, &mut copies));
                found = true;
            }
            if !found {
                // Its record may stand in a manifest that cannot be read.
                let unread = records.unread.first().map(|(_, problem)| problem.clone());
                drafts.push(self.not_deployed(&key, unread));
            }
        }
        Ok(drafts)
    }

    /// What deployed sets come to, by profile, and which of them. The first set of those is told.
    fn needed<'s, 'r>(
        &self,
        others: &'s [OtherSet],
        records: &'r [Recorded],
    ) -> HashMap<(&'r str, Key), &'s str> {
        let mut there = HashMap::<&str, HashSet<Key>>::new();
        for entry in records {
            there.entry(entry.record.profile_id.as_str()).or_default().insert(key_of(entry));
        }
        let mut needed = HashMap::new();
        for (profile, there) in there {
            let known = platform::find(&self.project.own, profile).ok();
            let takes = |key: &&Key| {
                let id = ArtifactId::parse(&key.1);
                id.is_ok_and(|id| known.is_none_or(|profile| profile.target(id.kind()).is_some()))
            };
            for other in others {
                let artifacts: Vec<&Key> = other.artifacts.iter().filter(takes).collect();
                if artifacts.is_empty() || !artifacts.iter().all(|key| there.contains(*key)) {
                    continue;
                }
                for key in artifacts {
                    needed.entry((profile, key.clone())).or_insert(other.name.as_str());
                }
            }
        }
        needed
    }

    /// One copy: it stays where another set needs it, unless a person decided otherwise about this one.
    fn undeploy_needed(
        &self,
        entry: &Recorded,
        by: Option<&str>,
        choices: &Choices<'_>,
        copies: &mut Copies,
    ) -> Draft {
        let target = entry.root.join(&entry.record.artifact_path);
        let decided = choices.request.iter().any(|choice| {
            choice.project_path == self.project.path.as_str()
                && choice.path == target
                && choice.on_conflict == OnConflict::Overwrite
        });
        let Some(set) = by.filter(|_| !decided) else { return self.undeploy_one(entry, choices, copies) };
        let mut item = self.item(&entry.id, &entry.record.from_collection, &entry.record.profile_id);
        let message = format!("The set “{set}” is deployed here too and needs it, so it stays.");
        let shown = self.project.root.absolute(&target).display().to_string();
        let problem = Problem::new(Code::NeededBySet, Severity::Notice, message).about(shown);
        (item.path, item.choice) = (Some(target), OnConflict::Skip);
        let decision = Decision::conflict(
            problem,
            &[OnConflict::Skip, OnConflict::Overwrite],
            OnConflict::Skip,
            Action::Removed,
        );
        let item = with_decision(item, decision);
        Draft { item, step: None, place: None, record: None, seen: [None, None], notice: None }
    }

    /// An artifact of the set that has no copy here: there is nothing to do.
    fn not_deployed(&self, (collection, id): &Key, unread: Option<Problem>) -> Draft {
        let project = (&self.project.path, self.project.name.as_str());
        let item = PlanItem::new(id.clone(), collection, project, "");
        match unread {
            Some(problem) => refused(item, problem),
            None => {
                let item = with_decision(item, Decision::clear(Action::Unchanged));
                Draft { item, step: None, place: None, record: None, seen: [None, None], notice: None }
            }
        }
    }
}

fn key_of(entry: &Recorded) -> Key {
    (entry.record.from_collection.clone(), entry.id.to_string())
}
