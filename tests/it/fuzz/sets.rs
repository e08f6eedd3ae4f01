//! Groups and sets: edited in place, in files that people and other programs write too.

use super::input::Vocabulary;
use super::run::Place;
use super::toml_text::{comments_survive, same, values, without};
use super::{Verdict, hold};
use skillmeat_engine::collection::{Files, Group, GroupEdit, Groups};
use skillmeat_engine::error::Code;
use skillmeat_engine::fs::Root;
use skillmeat_engine::sets::{DeploymentSet, FILE_NAME, Member, Model, SetEdit, SetsText, resolve};

pub(super) const SETS: Vocabulary = Vocabulary {
    headers: &["[[sets]]", "[[sets]]", "[[sets]]", "[[sets.members]]", "[sets]", "[other]", "sets = []"],
    keys: &[
        "id",
        "id",
        "name",
        "name",
        "name",
        "members",
        "members",
        "members",
        "artifact",
        "group",
        "set",
        "description",
        "color",
        "icon",
        "tags",
        "created",
        "updated",
        "theirs",
    ],
    values: &[
        "\"a\"",
        "\"b\"",
        "\"c\"",
        "\"skill:a\"",
        "2026-01-01T00:00:00Z",
        "[\"x\", \"y\", 3]",
        "[{ artifact = \"skill:a\" }, { group = \"a\" }]",
        "[{ set = \"a\" }, { set = \"b\" }, { nothing = 1 }, 3]",
        "[\n  # why\n  { artifact = \"skill:a\", theirs = 1 }, # beside\n  { set = \"c\" },\n  # last\n]",
        "[{ artifact = \"skill:a\", group = \"b\" }]",
        "[]",
        "\"\"",
    ],
    between: " = ",
};

pub(super) const GROUPS: Vocabulary = Vocabulary {
    headers: &[
        "[collection]",
        "[[groups]]",
        "[[groups]]",
        "[[groups]]",
        "[groups]",
        "[[artifacts]]",
        "groups = []",
    ],
    keys: &[
        "name",
        "name",
        "members",
        "members",
        "position",
        "description",
        "color",
        "icon",
        "theirs",
        "type",
        "path",
    ],
    values: &[
        "\"a\"",
        "\"b\"",
        "\"skill:a\"",
        "[\"skill:a\", \"command:b\"]",
        "[\n  # why\n  \"skill:a\", # beside\n  3,\n  # last\n]",
        "[]",
        "0",
        "-7",
        "3.5",
        "\"\"",
    ],
    between: " = ",
};

const OURS: &str = "only in this test";

pub(super) fn sets(place: &Place, bytes: &[u8]) -> Verdict {
    place.put(FILE_NAME, bytes);
    let read = SetsText::read(&Root::open(place.path()).unwrap());
    hold!(place.get(FILE_NAME) == bytes, "reading wrote");
    let parsed = match read {
        Ok(parsed) => parsed,
        Err(error) => {
            hold!(error.code() == Code::SetsInvalid, "read: {error}");
            hold!(!error.to_string().contains('\n'), "two lines: {error}");
            return Ok(());
        }
    };
    let text = std::str::from_utf8(bytes).map_err(|_| "read, and no UTF-8")?;
    let before = values(text).ok_or("read, and no TOML")?;
    hold!(parsed.problems().iter().all(|problem| !problem.message.contains('\n')), "two lines");
    let model = Model::new("c", &Groups::default(), &parsed);
    for set in &model.sets {
        // Whatever refers to what: it ends, and holds each artifact once.
        if let Ok(found) = resolve(&model, set, &|_, id| Some(id.to_owned())) {
            let mut ids: Vec<_> = found.artifacts.iter().map(|one| &one.artifact_id).collect();
            ids.sort();
            hold!(ids.windows(2).all(|pair| pair[0] != pair[1]), "twice: {ids:?}");
        }
    }
    let members = vec![Member::Group { group: "g".to_owned() }, Member::parse("skill:x")];
    let (id, name) = (OURS.to_owned(), OURS.to_owned());
    let ours = DeploymentSet { id, name, members, ..DeploymentSet::default() };
    let mut edited = parsed.clone();
    edited.edit(OURS, &SetEdit::Put(Box::new(ours)));
    let (with, mut after) = rendered(&edited)?;
    hold!(without(&mut after, "sets", named(OURS)) == 1, "our set is not there once:\n{with}");
    same("put", &before, &after)?;
    comments_survive("put", text, &with)?;
    edited.edit(OURS, &SetEdit::Remove);
    let (left, after) = rendered(&edited)?;
    same("put and remove", &before, &after)?;
    comments_survive("put and remove", text, &left)?;
    for set in parsed.sets() {
        reordered(text, &parsed, set)?;
    }
    Ok(())
}

/// The members of one set in another order: the other sets say what they said, and this one has its members.
fn reordered(text: &str, parsed: &SetsText, set: &DeploymentSet) -> Verdict {
    let mut new = set.clone();
    new.members.reverse();
    let mut edited = parsed.clone();
    edited.edit(&set.id, &SetEdit::Put(Box::new(new.clone())));
    let (with, _) = rendered(&edited)?;
    let again = SetsText::parse(&with).map_err(|reason| format!("{reason}\n{with}"))?;
    let (olds, news): (Vec<_>, Vec<_>) = (parsed.sets().collect(), again.sets().collect());
    hold!(olds.len() == news.len(), "{} sets, then {}:\n{with}", olds.len(), news.len());
    for (old, now) in olds.into_iter().zip(news) {
        let want = if old.id == set.id { &new } else { old };
        // A list that is none cannot be written, and is left alone.
        hold!(now == want || set.members.is_empty(), "{want:?} became {now:?}:\n{text}\n{with}");
    }
    comments_survive("reorder", text, &with)
}

pub(super) fn groups(_: &Place, bytes: &[u8]) -> Verdict {
    let Ok(text) = std::str::from_utf8(bytes) else { return Ok(()) };
    let Ok(parsed) = Files::parse(Some(text), None) else { return Ok(()) };
    let read = Groups::read(text);
    hold!(read.problems.iter().all(|problem| !problem.message.contains('\n')), "two lines");
    if read.refused.is_some() {
        return Ok(());
    }
    let mut before = values(text).ok_or("read, and no TOML")?;
    before.remove("collection");
    let now = skillmeat_tests::noon();
    let put = |files: &mut Files, name: &str, edit: &GroupEdit| files.edit_group(name, edit, ("c", now));
    let members = vec!["skill:x".to_owned()];
    let ours = Group { name: OURS.to_owned(), members, position: Some(1), ..Group::default() };
    let mut edited = parsed.clone();
    put(&mut edited, OURS, &GroupEdit::Put(ours));
    let with = edited.index_text().unwrap_or_default();
    let mut after = values(&with).ok_or_else(|| format!("what is written is no TOML:\n{with}"))?;
    after.remove("collection");
    hold!(without(&mut after, "groups", named(OURS)) == 1, "our group is not there once:\n{with}");
    same("put", &before, &after)?;
    comments_survive("put", text, &with)?;
    for group in &read.groups {
        let mut edited = parsed.clone();
        let mut new = group.clone();
        new.members.reverse();
        put(&mut edited, &group.name, &GroupEdit::Rename(OURS.to_owned()));
        new.name = OURS.to_owned();
        put(&mut edited, OURS, &GroupEdit::Put(new.clone()));
        let with = edited.index_text().unwrap_or_default();
        let again = Groups::read(&with);
        hold!(again.groups.len() >= read.groups.len(), "a group is lost:\n{with}");
        let found = again.groups.iter().find(|one| one.name == OURS);
        hold!(found == Some(&new) || group.members.is_empty(), "{new:?} became {found:?}:\n{text}\n{with}");
        comments_survive("rename and reorder", text, &with)?;
    }
    Ok(())
}

fn rendered(sets: &SetsText) -> Result<(String, toml::Table), String> {
    let text = sets.render().unwrap_or_default();
    let values = values(&text).ok_or_else(|| format!("what is written does not parse:\n{text}"))?;
    Ok((text, values))
}

fn named(name: &str) -> impl Fn(&toml::Table) -> bool {
    move |table| table.get("name").and_then(|text| text.as_str()) == Some(name)
}
