//! `skm profile`.

use super::absolute;
use crate::args::{Profile, Said};
use crate::output::{Answer, Cell, Colour, Page, Screen, Table, clean};
use serde::Serialize;
use skillmeat_engine::Engine;
use skillmeat_engine::cache::{ProfileRow, ProjectRow};
use skillmeat_engine::engine::SaveProfile;
use skillmeat_engine::error::{Error, Result};
use skillmeat_engine::id::{ArtifactKind, ProjectPath};
use skillmeat_engine::path::RelPath;
use skillmeat_engine::platform::{KindFolder, OwnProfile, normal_id};

#[derive(Debug, Serialize)]
struct Listed {
    project_path: Option<String>,
    profiles: Vec<ProfileRow>,
}

#[derive(Debug, Serialize)]
struct Saved {
    project_path: ProjectPath,
    profile: ProfileRow,
}

#[derive(Debug, Serialize)]
struct Removed {
    project_path: ProjectPath,
    profile_id: String,
}

pub(super) fn run(screen: &Screen, engine: &Engine, command: &Profile) -> Result<Answer> {
    match command {
        Profile::List { project } => list(screen, engine, project.as_deref()),
        Profile::Add { id, project, said } => {
            let profile =
                OwnProfile { profile_id: id.clone(), platform: "other".to_owned(), ..OwnProfile::default() };
            save(screen, engine, absolute(project)?, changed(profile, said), false)
        }
        Profile::Set { id, project, said } => {
            let project = absolute(project)?;
            let profile = own(engine, &project, id)?;
            save(screen, engine, project, changed(profile, said), true)
        }
        Profile::Remove { id, project } => remove(screen, engine, &absolute(project)?, id),
    }
}

fn list(screen: &Screen, engine: &Engine, project: Option<&str>) -> Result<Answer> {
    let project_path = project.map(absolute).transpose()?;
    let profiles = engine.list_profiles(project_path.as_deref())?;
    let data = Listed { project_path, profiles };
    Ok(screen.answer(&data, Vec::new(), |page| write(page, &data)))
}

fn write(page: &mut Page, data: &Listed) {
    let mut table = Table::default();
    for profile in &data.profiles {
        let kinds: Vec<&str> = profile.kinds.iter().map(|kind| kind.as_str()).collect();
        let roots: Vec<&str> = profile.roots.iter().map(RelPath::as_str).collect();
        let state = match (profile.own.is_some(), profile.present) {
            (true, true) => "own, there",
            (true, false) => "own",
            (false, true) => "there",
            (false, false) => "",
        };
        table.row([
            Cell::plain(&profile.profile_id),
            Cell::plain(&profile.title),
            Cell::faint(&roots.join(", ")),
            Cell::faint(&kinds.join(", ")),
            Cell::new(state, Colour::Good),
        ]);
    }
    page.table(&table, 0);
}

/// A profile of the project's own as it is now.
fn own(engine: &Engine, project: &str, id: &str) -> Result<OwnProfile> {
    let rows = engine.list_profiles(Some(project))?;
    let known = rows.iter().filter(|row| row.own.is_some()).map(|row| row.profile_id.clone()).collect();
    match rows.into_iter().find(|row| row.profile_id == normal_id(id)) {
        Some(ProfileRow { own: Some(own), .. }) => Ok(own),
        Some(row) => {
            let reason = format!("{} is built in. Only a project's own profiles can be changed.", row.title);
            Err(Error::InvalidRequest { reason })
        }
        None => Err(Error::ProfileNotFound { profile: id.to_owned(), known }),
    }
}

fn changed(mut profile: OwnProfile, said: &Said) -> OwnProfile {
    let put = |text: &mut String, new: &Option<String>| {
        if let Some(new) = new {
            text.clone_from(new);
        }
    };
    put(&mut profile.root_dir, &said.root);
    put(&mut profile.platform, &said.platform);
    put(&mut profile.title, &said.title);
    for (kind, folder) in &said.folder {
        let kind = ArtifactKind::from(*kind);
        profile.folders.retain(|known| known.kind != kind);
        if !folder.is_empty() {
            profile.folders.push(KindFolder { kind, folder: folder.clone() });
        }
    }
    profile.folders.sort_by_key(|known| known.kind);
    profile
}

fn save(
    screen: &Screen,
    engine: &Engine,
    project: String,
    profile: OwnProfile,
    replace: bool,
) -> Result<Answer> {
    let wanted = normal_id(&profile.profile_id);
    let row = engine.save_profile(&SaveProfile { project, profile, replace })?;
    let ProjectRow { project_path, profiles, problems, .. } = row;
    let Some(profile) = profiles.into_iter().find(|profile| profile.profile_id == wanted) else {
        return Err(Error::Internal {
            what: format!("the profile {wanted} is not there after it was saved"),
        });
    };
    let data = Saved { project_path, profile };
    Ok(screen.answer(&data, problems, |page| {
        let roots: Vec<&str> = data.profile.roots.iter().map(RelPath::as_str).collect();
        page.line(&format!(
            "{} is a profile of {}: `skm deploy … --profile {}` copies into {}.",
            clean(&data.profile.title),
            clean(data.project_path.as_str()),
            data.profile.profile_id,
            clean(&roots.join(", ")),
        ));
    }))
}

fn remove(screen: &Screen, engine: &Engine, project: &str, id: &str) -> Result<Answer> {
    let row = engine.delete_profile(project, id)?;
    let data = Removed { project_path: row.project_path, profile_id: id.to_owned() };
    Ok(screen.answer(&data, row.problems, |page| {
        page.line(&format!(
            "{} is no longer a profile of {}. Its folder stays as it is.",
            clean(&data.profile_id),
            clean(data.project_path.as_str())
        ));
    }))
}
