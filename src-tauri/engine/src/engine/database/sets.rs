//! Groups and deployment sets of a database: made as anybody would make them, each that cannot be is told.

use super::{DatabaseImport, DatabaseItem};
use crate::cache::{DatabaseGroup, DatabaseMember, DatabaseSet, SkillMeatDatabase};
use crate::deploy::TargetResult;
use crate::engine::Engine;
use crate::engine::library::Library;
use crate::engine::sets::{SetsRequest, finder, shelf_model};
use crate::error::{Problem, Result};
use crate::journal::OperationKind;
use crate::sets::{Change, Look, Member, Model, free_name};
use crate::settings;
use std::collections::{BTreeMap, HashMap};

/// What is to be changed in one collection.
struct Collected {
    model: Model,
    changes: Vec<Change>,
    /// Which of the import's groups and sets each change makes.
    made: Vec<Made>,
}

#[derive(Clone, Copy)]
enum Made {
    Group(usize),
    Set(usize),
}

impl Engine {
    /// Takes over groups and sets. One that is there stays as it is.
    pub(super) fn database_sets(
        &self,
        found: &SkillMeatDatabase,
        really: bool,
        import: &mut DatabaseImport,
    ) -> Result<()> {
        if found.groups.is_empty() && found.sets.is_empty() {
            return Ok(());
        }
        let library = Library::open(&self.options.home)?;
        let preferred = settings::default_collection(&self.options.home)?;
        let mut taking = Taking {
            now: &self.now(),
            library: &library,
            preferred,
            shelves: BTreeMap::new(),
            groups: HashMap::new(),
            sets_off: self.check_sets_enabled().err().map(|error| error.to_problem()),
        };
        for group in &found.groups {
            let item = taking.group(group, import.groups.len());
            import.groups.push(item);
        }
        for set in inner_first(&found.sets) {
            let item = taking.set(set, import.sets.len());
            import.sets.push(item);
        }
        let shelves = std::mem::take(&mut taking.shelves);
        for (collection, shelf) in shelves {
            let Ok(Collected { changes, made, .. }) = shelf else { continue };
            if !really || changes.is_empty() {
                continue;
            }
            let request = SetsRequest {
                collection,
                kind: OperationKind::Import,
                changes,
                sets_stay: !self.shows_sets(),
            };
            // One file may be written where the other one cannot be.
            let problems = match self.run_sets(&request, false) {
                Ok(receipt) => {
                    import.operations.push(receipt.operation);
                    let failed = |file: &str| {
                        let mut results = receipt.results.iter().filter(|result| at(result, file));
                        results.find_map(|result| result.problem.clone())
                    };
                    [failed(crate::collection::FILE_NAME), failed(crate::sets::FILE_NAME)]
                }
                Err(error) => [Some(error.to_problem()), Some(error.to_problem())],
            };
            for one in made {
                let (item, problem) = match one {
                    Made::Group(at) => (&mut import.groups[at], &problems[0]),
                    Made::Set(at) => (&mut import.sets[at], &problems[1]),
                };
                item.problem = item.problem.take().or_else(|| problem.clone());
            }
        }
        Ok(())
    }
}

/// Whether a result is about this file of a collection.
fn at(result: &TargetResult, file: &str) -> bool {
    result.path.as_ref().is_some_and(|path| path.as_str() == file)
}

struct Taking<'a> {
    now: &'a str,
    library: &'a Library,
    /// Where sets go, and groups of collections that are not ours.
    preferred: String,
    /// One that could not be read stays so: what can be read in the next moment would be taken over without what was in
    /// the way of this one.
    shelves: BTreeMap<String, Result<Collected, Problem>>,
    /// The database's id of a group → its collection and name here.
    groups: HashMap<String, (String, String)>,
    /// Why no set is made.
    sets_off: Option<Problem>,
}

impl Taking<'_> {
    fn group(&mut self, group: &DatabaseGroup, at: usize) -> DatabaseItem {
        let managed = |name: &&String| {
            self.library.shelves.iter().any(|shelf| shelf.row.collection == **name && !shelf.row.linked)
        };
        let collection = group.collection.as_ref().filter(managed).unwrap_or(&self.preferred).clone();
        let mut item = item(&group.name, &collection);
        let (library, now) = (self.library, self.now);
        let shelf = match self.shelf(&collection) {
            Ok(shelf) => shelf,
            Err(problem) => return DatabaseItem { problem: Some(problem), ..item },
        };
        if let Ok(known) = shelf.model.group(&group.name) {
            item.known = true;
            let here = (collection.clone(), known.name.clone());
            self.groups.insert(group.id.clone(), here);
            return item;
        }
        let find = finder(library, &collection);
        let mut members = Vec::new();
        for member in &group.members {
            match member {
                DatabaseMember::Artifact(id) => match find(id, Some(&collection)) {
                    Ok((id, _)) => members.push(id),
                    Err(_) => item.left_out.push(id.clone()),
                },
                other => item.left_out.push(named(other)),
            }
        }
        item.members = members.len() as u64;
        let look = look(&group.name, (&group.description, &group.color, &group.icon), &[], &mut item);
        let change = Change::CreateGroup { look, members };
        match shelf.model.apply(&change, now, &find) {
            Ok(()) => {
                shelf.changes.push(change);
                shelf.made.push(Made::Group(at));
                let here = (collection.clone(), group.name.trim().to_owned());
                self.groups.insert(group.id.clone(), here);
            }
            Err(error) => item.problem = Some(error.to_problem()),
        }
        item
    }

    fn set(&mut self, set: &DatabaseSet, at: usize) -> DatabaseItem {
        let collection = self.preferred.clone();
        let mut item = item(&set.name, &collection);
        if let Some(problem) = &self.sets_off {
            return DatabaseItem { problem: Some(problem.clone()), ..item };
        }
        let (library, groups) = (self.library, std::mem::take(&mut self.groups));
        let shelf = match self.shelf(&collection) {
            Ok(shelf) => shelf,
            Err(problem) => return DatabaseItem { problem: Some(problem), ..item },
        };
        if let Some(known) = shelf.model.sets.iter().find(|known| known.id == set.id) {
            item.name.clone_from(&known.name);
            item.known = true;
            self.groups = groups;
            return item;
        }
        let find = finder(library, &collection);
        let mut members = Vec::new();
        for member in &set.members {
            let taken = match member {
                DatabaseMember::Artifact(id) => find(id, None)
                    .ok()
                    .map(|(artifact_id, collection)| Member::Artifact { artifact_id, collection }),
                DatabaseMember::Group(id) => groups
                    .get(id)
                    .filter(|(of, _)| *of == collection)
                    .map(|(_, group)| Member::Group { group: group.clone() }),
                // One that comes later holds this one.
                DatabaseMember::Set(id) => shelf
                    .model
                    .sets
                    .iter()
                    .any(|known| known.id == *id)
                    .then(|| Member::Set { set_id: id.clone() }),
                DatabaseMember::Unknown(_) => None,
            };
            match taken {
                Some(member) if members.contains(&member) => {}
                Some(member) => members.push(member),
                None => item.left_out.push(named(member)),
            }
        }
        self.groups = groups;
        let Some(Ok(shelf)) = self.shelves.get_mut(&collection) else { return item };
        item.name = free_name(&shelf.model, &set.name);
        item.members = members.len() as u64;
        let texts = (&set.description, &set.color, &set.icon);
        let name = item.name.clone();
        let look = look(&name, texts, &set.tags, &mut item);
        let change = Change::CreateSet { id: set.id.clone(), look, members };
        match shelf.model.apply(&change, self.now, &find) {
            Ok(()) => {
                shelf.changes.push(change);
                shelf.made.push(Made::Set(at));
            }
            Err(error) => item.problem = Some(error.to_problem()),
        }
        item
    }

    fn shelf(&mut self, collection: &str) -> Result<&mut Collected, Problem> {
        if !self.shelves.contains_key(collection) {
            let shelf = self.library.shelves.iter().find(|shelf| shelf.row.collection == collection);
            let home = self.library.home().join("collections");
            let missing = || crate::error::Error::CollectionNotFound { name: collection.to_owned(), home };
            let model = shelf.ok_or_else(missing).and_then(shelf_model).map_err(Problem::from);
            let empty = |model| Collected { model, changes: Vec::new(), made: Vec::new() };
            self.shelves.insert(collection.to_owned(), model.map(empty));
        }
        match self.shelves.get_mut(collection) {
            Some(shelf) => shelf.as_mut().map_err(|problem| problem.clone()),
            None => {
                let what = "a collection that was just opened".to_owned();
                Err(crate::error::Error::Internal { what }.to_problem())
            }
        }
    }
}

fn item(name: &str, collection: &str) -> DatabaseItem {
    DatabaseItem {
        name: name.to_owned(),
        collection: collection.to_owned(),
        members: 0,
        left_out: Vec::new(),
        known: false,
        problem: None,
    }
}

/// What can be kept of a look; the rest is named.
fn look(
    name: &str,
    (description, color, icon): (&Option<String>, &Option<String>, &Option<String>),
    tags: &[String],
    item: &mut DatabaseItem,
) -> Look {
    let mut look = Look { name: Some(name.to_owned()), description: description.clone(), ..Look::default() };
    let mut keep = |what: &str, text: &str, part: Look| {
        let fine = part.is_fine();
        if !fine {
            item.left_out.push(format!("{what} “{text}”"));
        }
        fine
    };
    let one = |text: &String| Some(text.clone());
    look.color = color
        .as_ref()
        .filter(|text| keep("colour", text, Look { color: one(text), ..Look::default() }))
        .cloned();
    look.icon =
        icon.as_ref().filter(|text| keep("icon", text, Look { icon: one(text), ..Look::default() })).cloned();
    let fine = tags
        .iter()
        .filter(|text| keep("tag", text, Look { tags: Some(vec![(*text).clone()]), ..Look::default() }));
    look.tags = Some(fine.cloned().collect());
    look
}

fn named(member: &DatabaseMember) -> String {
    match member {
        DatabaseMember::Artifact(id) => id.clone(),
        DatabaseMember::Group(id) => format!("group {id}"),
        DatabaseMember::Set(id) => format!("set {id}"),
        DatabaseMember::Unknown(what) => what.clone(),
    }
}

/// Sets in sets first. Where sets hold each other, one of them comes without the other.
fn inner_first(sets: &[DatabaseSet]) -> Vec<&DatabaseSet> {
    let places: HashMap<&str, usize> =
        sets.iter().enumerate().map(|(at, set)| (set.id.as_str(), at)).collect();
    let (mut ordered, mut seen) = (Vec::new(), vec![false; sets.len()]);
    for start in 0..sets.len() {
        // Each with how many of its members were looked at: sets may be nested deeper than this thread's stack.
        let mut path = vec![(start, 0)];
        if std::mem::replace(&mut seen[start], true) {
            continue;
        }
        while let Some((at, member)) = path.pop() {
            let Some(next) = sets[at].members.get(member) else {
                ordered.push(&sets[at]);
                continue;
            };
            path.push((at, member + 1));
            if let DatabaseMember::Set(id) = next
                && let Some(&inner) = places.get(id.as_str())
                && !std::mem::replace(&mut seen[inner], true)
            {
                path.push((inner, 0));
            }
        }
    }
    ordered
}
