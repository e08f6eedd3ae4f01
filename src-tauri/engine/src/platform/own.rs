//! Profiles that a person adds to a project: text until it has been checked.
//!
//! They stand in our list of projects and never in the project, so a repository that somebody clones cannot say where
//! we write. They are checked when they are saved and each time they are read: the list is edited by hand, too.

use super::{Profile, Target, builtin, normal_id};
use crate::error::{Error, Result};
use crate::id::ArtifactKind;
use crate::path::{RelPath, file_name_refusal, folded, is_version_control, name_refusal};
use serde::{Deserialize, Serialize};

/// The platforms that a record can name. SkillMeat reads a manifest with another one not at all.
pub const PLATFORMS: [&str; 5] = ["claude_code", "codex", "gemini", "cursor", "other"];
const MOST_ID: usize = 64;
const MOST_TITLE: usize = 80;

/// The folder of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct KindFolder {
    /// The kind.
    pub kind: ArtifactKind,
    /// Its folder, one name below the profile's root.
    pub folder: String,
}

/// A profile of a project's own, as a person says it or as the list of projects holds it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct OwnProfile {
    /// Its id: letters, digits and `_`; `-` means `_`.
    pub profile_id: String,
    /// One of [`PLATFORMS`].
    pub platform: String,
    /// The name to show; empty means the id.
    pub title: String,
    /// Its root, relative to the project.
    pub root_dir: String,
    /// The kinds that go there by copy.
    pub folders: Vec<KindFolder>,
}

impl OwnProfile {
    /// The profile, if it can be one.
    ///
    /// # Errors
    /// `invalid-name` for an id, a title or a kind's folder, `path-escapes-root` or `name-clash` for a root,
    /// `name-clash` for two kinds in one folder, `unsupported-kind` for a kind that is no copy, `invalid-request` for
    /// the rest. The subject is the text at fault.
    pub fn check(&self) -> Result<Profile> {
        let id = checked_id(&self.profile_id)?;
        let platform = normal_id(&self.platform);
        if !PLATFORMS.contains(&platform.as_str()) {
            let known = PLATFORMS.join(", ");
            let reason = format!("The platform “{}” is none of {known}.", self.platform.escape_debug());
            return Err(Error::InvalidRequest { reason });
        }
        let title = checked_title(&self.title, &id)?;
        let root = checked_root(&self.root_dir)?;
        let targets = self.targets(&title, &root)?;
        let profile = Profile { id, platform, title, targets, own: true };
        apart(&profile, builtin())?;
        Ok(profile)
    }

    fn targets(&self, title: &str, root: &RelPath) -> Result<Vec<Target>> {
        let mut targets: Vec<Target> = Vec::new();
        for KindFolder { kind, folder } in &self.folders {
            if matches!(kind, ArtifactKind::Hook | ArtifactKind::Mcp) {
                let artifact = format!("every {kind}");
                return Err(Error::UnsupportedKind {
                    platform: title.to_owned(),
                    kind: kind.as_str(),
                    artifact,
                });
            }
            if let Some(reason) = name_refusal(folder) {
                return Err(Error::InvalidName { name: folder.clone(), reason });
            }
            let (root, folder) = (root.clone(), RelPath::new(folder.clone())?);
            let same = |other: &&Target| {
                other.kind == *kind || folded(other.folder.as_str()) == folded(folder.as_str())
            };
            if let Some(other) = targets.iter().find(same) {
                let (first, second) = (other.kind.to_string(), kind.to_string());
                return Err(Error::NameClash { first, second, target: folder.to_string() });
            }
            targets.push(Target { kind: *kind, root, folder });
        }
        if targets.is_empty() {
            let reason = "Say which kinds of artifacts the profile takes, and in which folder.".to_owned();
            return Err(Error::InvalidRequest { reason });
        }
        Ok(targets)
    }
}

impl From<&Profile> for OwnProfile {
    fn from(profile: &Profile) -> Self {
        let folder = |target: &Target| KindFolder { kind: target.kind, folder: target.folder.to_string() };
        Self {
            profile_id: profile.id.clone(),
            platform: profile.platform.clone(),
            title: profile.title.clone(),
            root_dir: profile.roots().first().map(ToString::to_string).unwrap_or_default(),
            folders: profile.targets.iter().map(folder).collect(),
        }
    }
}

/// Refuses a profile whose root is another one's, lies in it or holds it, on any system.
///
/// # Errors
/// `name-clash`, `path-escapes-root`.
pub fn apart(profile: &Profile, others: &[Profile]) -> Result<()> {
    for other in others {
        for (mine, theirs) in
            profile.roots().iter().flat_map(|mine| other.roots().into_iter().map(move |root| (mine, root)))
        {
            let (one, two) = (folded(mine.as_str()), folded(theirs.as_str()));
            if one == two {
                let (first, second) = (other.title.clone(), profile.title.clone());
                return Err(Error::NameClash { first, second, target: mine.to_string() });
            }
            if format!("{one}/").starts_with(&format!("{two}/"))
                || format!("{two}/").starts_with(&format!("{one}/"))
            {
                let reason = "it lies in the folder of another profile, or holds it";
                return Err(Error::PathEscapesRoot { path: mine.to_string(), reason });
            }
        }
    }
    Ok(())
}

fn checked_id(text: &str) -> Result<String> {
    let id = normal_id(text);
    let wrong = |reason| Err(Error::InvalidName { name: text.to_owned(), reason });
    if !id.starts_with(|letter: char| letter.is_ascii_alphanumeric()) {
        return wrong("it must start with a letter or a digit");
    }
    if !id.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_') {
        return wrong("it may hold letters, digits, “-” and “_” only");
    }
    if id.len() > MOST_ID {
        return wrong("it is longer than 64 characters");
    }
    if builtin().iter().any(|profile| profile.id == id) {
        return wrong("a built-in profile has it");
    }
    Ok(id)
}

fn checked_title(text: &str, id: &str) -> Result<String> {
    let title = text.trim();
    let wrong = |reason| Err(Error::InvalidName { name: text.to_owned(), reason });
    if title.chars().any(char::is_control) {
        return wrong("it contains a control character");
    }
    if title.chars().count() > MOST_TITLE {
        return wrong("it is longer than 80 characters");
    }
    Ok(if title.is_empty() { id.to_owned() } else { title.to_owned() })
}

fn checked_root(text: &str) -> Result<RelPath> {
    let path = text.strip_suffix('/').unwrap_or(text);
    // What is refused is told as it was typed.
    let wrong = |reason| Error::PathEscapesRoot { path: text.to_owned(), reason };
    let root = RelPath::new(path)?;
    for name in root.components() {
        if let Some(reason) = file_name_refusal(name) {
            return Err(wrong(reason));
        }
        if is_version_control(name) {
            return Err(wrong("it belongs to a version control system"));
        }
        if folded(name).starts_with(".skillmeat") {
            return Err(wrong("SkillMeat keeps its own files under such a name"));
        }
    }
    Ok(root)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use rstest::rstest;

    fn own(id: &str, root: &str, folders: &[(ArtifactKind, &str)]) -> OwnProfile {
        let folder =
            |(kind, folder): &(ArtifactKind, &str)| KindFolder { kind: *kind, folder: (*folder).to_owned() };
        OwnProfile {
            profile_id: id.to_owned(),
            platform: "other".to_owned(),
            title: String::new(),
            root_dir: root.to_owned(),
            folders: folders.iter().map(folder).collect(),
        }
    }

    const SKILLS: &[(ArtifactKind, &str)] = &[(ArtifactKind::Skill, "skills")];

    #[test]
    fn a_profile_is_what_was_said_in_its_normal_form() {
        let said = own("Wind-Surf", ".codeium/windsurf/", &[(ArtifactKind::Command, "workflows")]);
        let profile = OwnProfile { platform: "claude-code".to_owned(), ..said }.check().unwrap();
        assert_eq!((profile.id.as_str(), profile.title.as_str()), ("wind_surf", "wind_surf"));
        assert_eq!(profile.platform, "claude_code");
        let (root, folder) = profile.target(ArtifactKind::Command).unwrap();
        assert_eq!((root.as_str(), folder.as_str()), (".codeium/windsurf", "workflows"));
        assert_eq!(profile.target(ArtifactKind::Skill), None);
        assert_eq!(OwnProfile::from(&profile).check().unwrap(), profile);
    }

    #[rstest]
    #[case("", Code::PathEscapesRoot)]
    #[case("/", Code::PathEscapesRoot)]
    #[case(".", Code::PathEscapesRoot)]
    #[case("..", Code::PathEscapesRoot)]
    #[case("../other", Code::PathEscapesRoot)]
    #[case(".x/../..", Code::PathEscapesRoot)]
    #[case("/etc", Code::PathEscapesRoot)]
    #[case("C:/x", Code::PathEscapesRoot)]
    #[case(".x\\y", Code::PathEscapesRoot)]
    #[case(".x//y", Code::PathEscapesRoot)]
    #[case(".x\0", Code::PathEscapesRoot)]
    #[case(".git", Code::PathEscapesRoot)]
    #[case(".GIT/hooks", Code::PathEscapesRoot)]
    #[case(".g\u{200b}it", Code::PathEscapesRoot)]
    #[case("sub/.git/x", Code::PathEscapesRoot)]
    #[case(".skillmeat-stage", Code::PathEscapesRoot)]
    #[case("nul", Code::PathEscapesRoot)]
    #[case(".x ", Code::PathEscapesRoot)]
    #[case(".claude", Code::NameClash)]
    #[case(".CLAUDE", Code::NameClash)]
    #[case(".claude/mine", Code::PathEscapesRoot)]
    #[case(".Github/copilot", Code::PathEscapesRoot)]
    fn roots_that_are_refused(#[case] root: &str, #[case] code: Code) {
        let error = own("mine", root, SKILLS).check().unwrap_err();
        assert_eq!(error.code(), code, "{root:?}: {error}");
        assert_eq!(error.to_problem().subject.unwrap().trim_end_matches('/'), root.trim_end_matches('/'));
    }

    #[rstest]
    #[case("")]
    #[case("_x")]
    #[case("a b")]
    #[case("a/b")]
    #[case("über")]
    #[case("claude_code")]
    #[case("Claude-Code")]
    fn ids_that_are_refused(#[case] id: &str) {
        let error = own(id, ".mine", SKILLS).check().unwrap_err();
        assert_eq!(error.code(), Code::InvalidName, "{error}");
        assert_eq!(error.to_problem().subject.unwrap(), id);
    }

    #[rstest]
    #[case(&[], Code::InvalidRequest)]
    #[case(&[(ArtifactKind::Skill, "")], Code::InvalidName)]
    #[case(&[(ArtifactKind::Skill, "a/b")], Code::InvalidName)]
    #[case(&[(ArtifactKind::Skill, "..")], Code::InvalidName)]
    #[case(&[(ArtifactKind::Skill, ".hidden")], Code::InvalidName)]
    #[case(&[(ArtifactKind::Command, "prompts"), (ArtifactKind::Agent, "Prompts")], Code::NameClash)]
    #[case(&[(ArtifactKind::Skill, "a"), (ArtifactKind::Skill, "b")], Code::NameClash)]
    #[case(&[(ArtifactKind::Hook, "hooks")], Code::UnsupportedKind)]
    #[case(&[(ArtifactKind::Mcp, "mcp")], Code::UnsupportedKind)]
    fn folders_that_are_refused(#[case] folders: &[(ArtifactKind, &str)], #[case] code: Code) {
        assert_eq!(own("mine", ".mine", folders).check().unwrap_err().code(), code);
    }

    #[test]
    fn a_platform_that_records_cannot_name_is_refused() {
        let error =
            OwnProfile { platform: "emacs".to_owned(), ..own("mine", ".mine", SKILLS) }.check().unwrap_err();
        assert_eq!(error.code(), Code::InvalidRequest);
        assert!(error.to_string().contains("emacs") && error.to_string().contains("cursor"), "{error}");
    }

    #[test]
    fn two_of_a_project_stay_apart() {
        let one = own("one", ".tools/one", SKILLS).check().unwrap();
        for (root, fine) in
            [(".tools/two", true), (".tools/One", false), (".tools", false), (".tools/one/in", false)]
        {
            let other = own("two", root, SKILLS).check().unwrap();
            assert_eq!(apart(&other, std::slice::from_ref(&one)).is_ok(), fine, "{root}");
        }
    }
}
