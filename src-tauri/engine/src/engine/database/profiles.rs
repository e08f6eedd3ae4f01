//! Profiles of a database: each becomes a profile of its project's own, unless it is a built-in one.

use super::{DatabaseImport, DatabaseProfile};
use crate::cache::{ProfileEntry, SkillMeatDatabase};
use crate::engine::{Engine, SaveProfile};
use crate::error::{Problem, Result};
use crate::id::ArtifactKind;
use crate::platform::{KindFolder, OwnProfile, Profile, builtin, normal_id};

impl Engine {
    /// Takes over profiles. One whose id the project has already stays as it is. Gives, with their projects, those that a
    /// plan would add: nobody else knows them yet.
    pub(super) fn database_profiles(
        &self,
        found: &SkillMeatDatabase,
        really: bool,
        import: &mut DatabaseImport,
    ) -> Vec<(String, Profile)> {
        let mut coming = Vec::new();
        for entry in found.profiles.iter().filter(|entry| !is_builtin(entry)) {
            // Why is told of the project already.
            if import.projects.iter().any(|one| one.project_path == entry.project && one.problem.is_some()) {
                continue;
            }
            let (profile, left_out) = own_profile(entry);
            let taken = self.take_profile(&entry.project, profile, really, &mut coming);
            let (known, problem) = match taken {
                Ok(known) => (known, None),
                Err(error) => (false, Some(Problem::from(error))),
            };
            import.profiles.push(DatabaseProfile {
                project_path: entry.project.clone(),
                profile_id: normal_id(&entry.id),
                root_dir: entry.root.clone(),
                left_out,
                known,
                problem,
            });
        }
        coming
    }

    /// Saves a profile, or only looks whether that could be done. Tells whether the project has it.
    fn take_profile(
        &self,
        project: &str,
        profile: OwnProfile,
        really: bool,
        coming: &mut Vec<(String, Profile)>,
    ) -> Result<bool> {
        let mut opened = self.look_at(project)?;
        let id = normal_id(&profile.profile_id);
        if opened.own.iter().any(|own| own.id == id) {
            return Ok(true);
        }
        if really {
            let request = SaveProfile { project: project.to_owned(), profile, replace: false };
            return self.save_profile(&request).map(|_| false);
        }
        // Those that come before it are there by then.
        opened.own.extend(of_project(coming, project));
        let profile = profile.check()?;
        self.check_profile(&opened, &profile)?;
        coming.push((project.to_owned(), profile));
        Ok(false)
    }
}

/// The profiles that a project would have besides its own.
pub(super) fn of_project(coming: &[(String, Profile)], project: &str) -> Vec<Profile> {
    coming.iter().filter(|(path, _)| path == project).map(|(_, profile)| profile.clone()).collect()
}

/// SkillMeat writes down the built-in ones of each project as well.
fn is_builtin(entry: &ProfileEntry) -> bool {
    let root = entry.root.trim_end_matches('/');
    let is = |profile: &Profile| {
        profile.id == normal_id(&entry.id) && profile.roots().iter().any(|own| own.as_str() == root)
    };
    builtin().iter().any(is)
}

/// The profile with the kinds that can be copied, and the others by name.
fn own_profile(entry: &ProfileEntry) -> (OwnProfile, Vec<String>) {
    let takes = |kind: &ArtifactKind| {
        entry.kinds.is_empty() || entry.kinds.iter().any(|name| ArtifactKind::parse(name) == Some(*kind))
    };
    let (copied, others): (Vec<_>, Vec<_>) = ArtifactKind::ALL
        .into_iter()
        .filter(takes)
        .partition(|kind| !matches!(kind, ArtifactKind::Hook | ArtifactKind::Mcp));
    let folder = |kind: ArtifactKind| {
        let folder = entry
            .folders
            .get(kind.as_str())
            .map_or_else(|| format!("{kind}s"), |folder| folder.trim_matches('/').to_owned());
        KindFolder { kind, folder }
    };
    let profile = OwnProfile {
        profile_id: entry.id.clone(),
        platform: entry.platform.clone(),
        title: String::new(),
        root_dir: entry.root.clone(),
        folders: copied.into_iter().map(folder).collect(),
    };
    // Kinds that were not chosen one by one are not missed.
    let missed = others.into_iter().filter(|_| !entry.kinds.is_empty()).map(|kind| kind.to_string());
    (profile, missed.collect())
}
