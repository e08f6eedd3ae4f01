//! Drafting changes of groups and sets: made to what the files say now, while their collection's lock is held; what
//! differs afterwards becomes steps.

use super::{Desk, Draft, with_decision};
use crate::collection::{GroupEdit, Groups};
use crate::deploy::{Bytes, NewBase, RecordEdit, Step, group_key, set_key};
use crate::engine::sets::{SetsRequest, finder};
use crate::error::{Error, Result};
use crate::journal::{Effect, Place};
use crate::path::RelPath;
use crate::plan::{Action, Decision, PlanItem};
use crate::sets::{self, Model, SetEdit, SetsText};
use crate::{collection, deploy};
use sha2::{Digest, Sha256};

impl Desk<'_> {
    /// Drafts the changes, all of them or none.
    ///
    /// # Errors
    /// `sets-invalid`, `collection-invalid`, and why a change is refused.
    pub(in crate::engine) fn curate(&self, request: &SetsRequest) -> Result<Vec<Draft>> {
        let index = collection::text(&self.project.root, collection::FILE_NAME)?;
        let list = sets::text(&self.project.root)?;
        let before = read_model(self, index.as_deref())?;
        let mut after = before.clone();
        let find = finder(self.library, &request.collection);
        for change in &request.changes {
            after.apply(change, self.now, &find)?;
        }
        let seen = [signature(index.as_deref()), signature(list.as_deref())];
        let mut drafts = Vec::new();
        for (name, edit) in after.group_edits(&before) {
            let old = before.groups.iter().any(|group| group.name == name);
            let action = match edit {
                GroupEdit::Remove | GroupEdit::Rename(_) => Action::Removed,
                GroupEdit::Put(_) if old => Action::Updated,
                GroupEdit::Put(_) => Action::Created,
            };
            let record = RecordEdit::Group(group_key(&name)?, edit);
            drafts.push(self.set_draft(
                format!("group:{name}"),
                record,
                action,
                (Place::Collection, seen),
            )?);
        }
        let set_edits = if request.sets_stay { Vec::new() } else { after.set_edits(&before) };
        for (id, edit) in set_edits {
            let old = before.sets.iter().find(|set| set.id == id);
            let action = match edit {
                SetEdit::Remove => Action::Removed,
                SetEdit::Put(_) if old.is_some() => Action::Updated,
                SetEdit::Put(_) => Action::Created,
            };
            let name = match &edit {
                SetEdit::Put(set) => set.name.clone(),
                SetEdit::Remove => old.map(|set| set.name.clone()).unwrap_or_default(),
            };
            let record = RecordEdit::Set(set_key(&id)?, edit);
            drafts.push(self.set_draft(format!("set:{name}"), record, action, (Place::Sets, seen))?);
        }
        Ok(drafts)
    }

    fn set_draft(
        &self,
        artifact_id: String,
        record: RecordEdit,
        action: Action,
        (place, seen): (Place, [Option<[u8; 32]>; 2]),
    ) -> Result<Draft> {
        let target = deploy::document_file(&place)?;
        let mut item = self.set_item(&artifact_id, Some(target.clone()));
        item.artifact_id.clone_from(&artifact_id);
        let effect = if action == Action::Removed { Effect::Unrecorded } else { Effect::Adopted };
        let step = Step {
            artifact_id,
            collection: self.project.name.clone(),
            target,
            effect,
            bytes: Bytes::Leave,
            record,
            base: NewBase::Is(None),
        };
        let item = with_decision(item, Decision::clear(action));
        Ok(Draft { item, step: Some(step), place: Some(place), record: None, seen, notice: None })
    }

    fn set_item(&self, id: &str, path: Option<RelPath>) -> PlanItem {
        let project = (&self.project.path, self.project.name.as_str());
        let mut item = PlanItem::new(id.to_owned(), &self.project.name, project, "");
        item.path = path;
        item
    }
}

/// The groups and sets as the files say now; `index` is the text of `collection.toml`.
fn read_model(desk: &Desk<'_>, index: Option<&str>) -> Result<Model> {
    let root = &desk.project.root;
    // That it parses is checked by whoever writes it, too late for what is decided from it.
    collection::Files::read(root)?;
    let groups = index.map(Groups::read).unwrap_or_default();
    if let Some(reason) = groups.refused {
        return Err(Error::CollectionInvalid { path: root.path().join(collection::FILE_NAME), reason });
    }
    Ok(Model::new(&desk.project.name, &groups, &SetsText::read(root)?))
}

fn signature(text: Option<&str>) -> Option<[u8; 32]> {
    text.map(|text| Sha256::digest(text).into())
}
