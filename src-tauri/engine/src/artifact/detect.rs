//! Which entries of a folder are artifacts.

use crate::error::Result;
use crate::fs::{Entry, EntryKind, Root, is_ignored};
use crate::id::ArtifactKind;
use crate::path::RelPath;

/// Names of a skill's main file, the specified one first. On a file system that ignores case the first matches.
const SKILL_FILES: [&str; 4] = ["SKILL.md", "skill.md", "SKILL.MD", "Skill.md"];

/// What an entry of a folder is, seen as a place for artifacts of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Detected {
    /// An artifact.
    Artifact {
        /// Its leaf name: that of the folder, or of the file without `.md`.
        name: String,
        /// The file that describes it.
        main_file: RelPath,
    },
    /// A folder that is no artifact itself; there may be some in it.
    Folder,
    /// A symbolic link where an artifact could be. It is not followed.
    Link,
    /// Nothing of this kind.
    Other,
}

/// Looks at `entry`, which lies at `path` below `root`, as a possible artifact of `kind`.
///
/// A skill is a folder with a `SKILL.md`; a command or an agent is a file that ends in `.md` and is not called
/// `README.md`. Hidden entries and those on the ignore list are never artifacts, and neither are hooks and
/// servers, which are not kept as copies of a file or folder.
///
/// # Errors
/// `io` and its relatives when a folder cannot be looked into.
pub fn detect(root: &Root, path: &RelPath, entry: &Entry, kind: ArtifactKind) -> Result<Detected> {
    if entry.name.starts_with('.') || is_ignored(&entry.name) {
        return Ok(Detected::Other);
    }
    let document = entry.name.strip_suffix(".md").filter(|stem| !stem.eq_ignore_ascii_case("readme"));
    Ok(match (kind, entry.kind, document) {
        (ArtifactKind::Hook | ArtifactKind::Mcp, ..) => Detected::Other,
        (ArtifactKind::Skill, EntryKind::Folder, _) => match skill_file(root, path)? {
            Some(main_file) => Detected::Artifact { name: entry.name.clone(), main_file },
            None => Detected::Folder,
        },
        (ArtifactKind::Skill, EntryKind::Link, _) | (_, EntryKind::Link, Some(_)) => Detected::Link,
        (ArtifactKind::Command | ArtifactKind::Agent, EntryKind::File, Some(stem)) => {
            Detected::Artifact { name: stem.to_owned(), main_file: path.clone() }
        }
        (_, EntryKind::Folder, _) => Detected::Folder,
        _ => Detected::Other,
    })
}

fn skill_file(root: &Root, folder: &RelPath) -> Result<Option<RelPath>> {
    for name in SKILL_FILES {
        let file = folder.child(name)?;
        match root.entry(&file)?.map(|entry| entry.kind) {
            Some(EntryKind::File) => return Ok(Some(file)),
            // A link inside the skill is content like any other, and may be its main file.
            Some(EntryKind::Link) if root.is_file(&file) => return Ok(Some(file)),
            _ => {}
        }
    }
    Ok(None)
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests lay out the disk they look at")]
mod tests {
    use super::*;
    use rstest::rstest;

    fn look(kind: ArtifactKind, path: &str) -> Detected {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        for dir in ["skill", "lower", "upper", "plain", "folder.md", "node_modules"] {
            std::fs::create_dir(at.join(dir)).unwrap();
        }
        for file in ["skill/SKILL.md", "lower/skill.md", "upper/SKILL.MD", "node_modules/SKILL.md", "fix.md"]
        {
            std::fs::write(at.join(file), "x").unwrap();
        }
        for file in ["README.md", "readme.md", ".hidden.md", "notes.txt"] {
            std::fs::write(at.join(file), "x").unwrap();
        }
        #[cfg(unix)]
        for (target, link) in [("skill", "link"), ("/etc/passwd", "link.md")] {
            std::os::unix::fs::symlink(target, at.join(link)).unwrap();
        }
        let root = Root::open(at).unwrap();
        let path = RelPath::new(path).unwrap();
        let entry = root.entry(&path).unwrap().unwrap();
        detect(&root, &path, &entry, kind).unwrap()
    }

    #[rstest]
    #[case(ArtifactKind::Skill, "skill", "skill/SKILL.md")]
    #[case(ArtifactKind::Skill, "lower", "lower/skill.md")]
    #[case(ArtifactKind::Skill, "upper", "upper/SKILL.MD")]
    #[case(ArtifactKind::Command, "fix.md", "fix.md")]
    #[case(ArtifactKind::Agent, "fix.md", "fix.md")]
    fn artifacts(#[case] kind: ArtifactKind, #[case] path: &str, #[case] main: &str) {
        let name = path.trim_end_matches(".md").to_owned();
        let main_file = RelPath::new(main).unwrap();
        assert_eq!(look(kind, path), Detected::Artifact { name, main_file });
    }

    #[rstest]
    #[case(ArtifactKind::Skill, "plain", Detected::Folder)]
    #[case(ArtifactKind::Agent, "folder.md", Detected::Folder)]
    #[case(ArtifactKind::Command, "plain", Detected::Folder)]
    #[case(ArtifactKind::Skill, "node_modules", Detected::Other)]
    #[case(ArtifactKind::Skill, "fix.md", Detected::Other)]
    #[case(ArtifactKind::Command, "README.md", Detected::Other)]
    #[case(ArtifactKind::Agent, "readme.md", Detected::Other)]
    #[case(ArtifactKind::Command, ".hidden.md", Detected::Other)]
    #[case(ArtifactKind::Command, "notes.txt", Detected::Other)]
    #[case(ArtifactKind::Hook, "fix.md", Detected::Other)]
    fn everything_else(#[case] kind: ArtifactKind, #[case] path: &str, #[case] want: Detected) {
        assert_eq!(look(kind, path), want);
    }

    #[cfg(unix)]
    #[rstest]
    #[case(ArtifactKind::Skill, "link", Detected::Link)]
    #[case(ArtifactKind::Command, "link.md", Detected::Link)]
    #[case(ArtifactKind::Command, "link", Detected::Other)]
    fn links(#[case] kind: ArtifactKind, #[case] path: &str, #[case] want: Detected) {
        assert_eq!(look(kind, path), want);
    }
}
