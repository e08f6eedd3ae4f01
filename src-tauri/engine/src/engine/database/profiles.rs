//! Profiles of a database: each becomes a profile of its project's own, unless it is a built-in one.

use super::{DatabaseImport, DatabaseProfile};
use crate::cache::{ProfileEntry, SkillMeatDatabase};
use crate::engine::{Engine, SaveProfile};
use crate::error::{Problem, Result};
use crate::id::ArtifactKind;
use crate::platform::{KindFolder, OwnProfile, builtin, normal_id};

impl Engine {
    /// Takes over profiles. One whose id the project has already stays as it is.
    pub(super) fn database_profiles(
        &self,
        found: &SkillMeatDatabase,
        really: bool,
        import: &mut DatabaseImport,
    ) {
        for entry in found.profiles.iter().filter(|entry| !is_builtin(entry)) {
            // Why is told of the project already.
            if import.projects.iter().any(|one| one.project_path == entry.project && one.problem.is_some()) {
                continue;
            }
            let (profile, left_out) = own_profile(entry);
            let taken = self.take_profile(&entry.project, profile, really);
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
    }

    /// Saves a profile, or only looks whether that could be done. Tells whether the project has it.
    fn take_profile(&self, project: &str, profile: OwnProfile, really: bool) -> Result<bool> {
        let opened = self.look_at(project)?;
        let id = normal_id(&profile.profile_id);
        if opened.own.iter().any(|own| own.id == id) {
            return Ok(true);
        }
        if really {
            let request = SaveProfile { project: project.to_owned(), profile, replace: false };
            return self.save_profile(&request).map(|_| false);
        }
        self.check_profile(&opened, &profile.check()?).map(|()| false)
    }
}

/// SkillMeat writes down the built-in ones of each project as well.
fn is_builtin(entry: &ProfileEntry) -> bool {
    let root = entry.root.trim_end_matches('/');
    let is = |profile: &crate::platform::Profile| {
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
