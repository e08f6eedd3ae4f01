//! What may be copied: the checks that a tree passes before it is a source, and what happens when it changes while
//! it is read.

use super::root::{EntryKind, Root};
use super::survey::{Survey, SurveyEntry};
use crate::error::{Error, Result};
use crate::path::{RelPath, System, file_name_refusal, folded};
use std::collections::HashMap;
use std::path::Path;

/// More files than this in one artifact are refused as a source.
pub const MAX_FILES: u64 = 10_000;
/// More bytes than this in one artifact are refused as a source: 512 MiB.
pub const MAX_BYTES: u64 = 512 * 1024 * 1024;

impl Root {
    /// Reads a source with `read`, which is given what it looks like. Where that fails and the source is no longer
    /// what `survey` saw, it is looked at, checked and read **once** more.
    ///
    /// # Errors
    /// What `read` said of a source that stood still; `source-invalid` for one that went on changing, and whatever
    /// [`Survey::check_source`] says of what it has become.
    pub fn read_at_rest<T>(
        &self,
        rel: &RelPath,
        survey: &Survey,
        mut read: impl FnMut(&Survey) -> Result<T>,
    ) -> Result<T> {
        let error = match read(survey) {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        let Some(now) = self.moved_on(rel, survey)? else { return Err(error) };
        now.check_source(&self.absolute(rel))?;
        match read(&now) {
            Err(_) if self.moved_on(rel, &now)?.is_some() => Err(Error::SourceInvalid {
                path: self.absolute(rel),
                reason: "it keeps changing while it is copied; try again when it is at rest".to_owned(),
            }),
            done => done,
        }
    }

    /// What a source looks like now, if that is not what `survey` saw.
    fn moved_on(&self, rel: &RelPath, survey: &Survey) -> Result<Option<Survey>> {
        let now = self.survey(rel)?.ok_or_else(|| Error::SourceInvalid {
            path: self.absolute(rel),
            reason: "it is no longer there".to_owned(),
        })?;
        Ok((now.signature() != survey.signature()).then_some(now))
    }
}

impl Survey {
    /// Whether the tree may be copied: it has a file, no special files, no links that leave it, only names that
    /// every system can hold and tell apart, and is not over the limits of [`MAX_FILES`] and [`MAX_BYTES`].
    ///
    /// # Errors
    /// `source-invalid`, `link-leaves-artifact`, `invalid-name`, `name-clash` or `source-too-large`, with the
    /// offending path below `at`.
    pub fn check_source(&self, at: &Path) -> Result<()> {
        let place = |path: &str| if path.is_empty() { at.to_owned() } else { at.join(path) };
        let invalid =
            |path: &str, reason: &str| Error::SourceInvalid { path: place(path), reason: reason.to_owned() };
        let too_large =
            |path, found, limit, unit| Err(Error::SourceTooLarge { path: place(path), found, limit, unit });
        // Counted first: what follows looks at each entry, and there may be a great many.
        let (files, bytes) = (self.files(), self.bytes());
        if files > MAX_FILES || self.entries.len() as u64 > 2 * MAX_FILES {
            return too_large("", files.max(self.entries.len() as u64), MAX_FILES, "files");
        }
        if bytes > MAX_BYTES {
            let alone =
                self.entries.iter().find(|entry| entry.kind == EntryKind::File && entry.bytes > MAX_BYTES);
            return too_large(alone.map_or("", |entry| &entry.path), bytes, MAX_BYTES, "bytes");
        }
        if let Some(name) = &self.unreadable_name {
            return Err(invalid(name, "its name is not valid UTF-8"));
        }
        for entry in &self.entries {
            match entry.kind {
                EntryKind::Special => return Err(invalid(&entry.path, "it is a socket, a pipe or a device")),
                EntryKind::Link if !entry.link_stays_inside() => {
                    return Err(Error::LinkLeavesArtifact { path: place(&entry.path) });
                }
                _ => {}
            }
        }
        if files == 0 {
            return Err(invalid("", "it is empty"));
        }
        self.check_names(at)
    }

    /// Refuses names that some system cannot hold, and two that some system takes for one.
    fn check_names(&self, at: &Path) -> Result<()> {
        let mut taken = HashMap::with_capacity(self.entries.len());
        for entry in self.entries.iter().filter(|entry| !entry.path.is_empty()) {
            let place = |path: &str| at.join(path).display().to_string();
            let name = entry.path.rsplit('/').next().unwrap_or_default();
            if let Some(reason) = file_name_refusal(name) {
                return Err(Error::InvalidName { name: place(&entry.path), reason });
            }
            if let Some(first) = taken.insert(folded(&entry.path), &entry.path) {
                return Err(Error::Lookalike { first: place(first), second: place(&entry.path) });
            }
        }
        Ok(())
    }
}

impl Survey {
    /// Whether a link in the tree names a folder of it. Where links lead is not looked at: this is what a link's own kind
    /// is on systems that have two.
    pub(super) fn leads_to_folder(&self, link: &SurveyEntry) -> bool {
        let mut names: Vec<&str> = link.path.split('/').collect();
        names.pop();
        for name in link.link.as_deref().unwrap_or_default().split('/') {
            match name {
                "" | "." => {}
                ".." => _ = names.pop(),
                name => names.push(name),
            }
        }
        let path = names.join("/");
        self.entries.iter().any(|entry| entry.kind == EntryKind::Folder && entry.path == path)
    }
}

impl SurveyEntry {
    /// Whether a link's target is below the artifact. `..` may only lead: after a name it could step out
    /// through another link.
    fn link_stays_inside(&self) -> bool {
        let Some(target) = self.link.as_deref() else { return false };
        let rooted = target.starts_with('/') || System::HERE.is_absolute(target);
        if self.path.is_empty() || target.is_empty() || rooted || target.contains('\0') {
            return false;
        }
        let mut depth = self.path.matches('/').count();
        let mut descending = false;
        for part in target.split('/') {
            match part {
                "" | "." => {}
                ".." if descending || depth == 0 => return false,
                ".." => depth -= 1,
                _ => descending = true,
            }
        }
        descending
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    #[cfg(unix)]
    use rstest::rstest;
    #[cfg(unix)]
    use std::os::unix::fs::symlink;

    fn survey(folder: &Path) -> Survey {
        Root::open(folder).unwrap().survey(&RelPath::new("a").unwrap()).unwrap().unwrap()
    }

    /// What is said of an artifact of one good file and whatever `prepare` adds to it.
    fn refusal(prepare: impl Fn(&Path)) -> Option<(Code, String)> {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("a");
        std::fs::create_dir_all(at.join("sub")).unwrap();
        std::fs::write(at.join("SKILL.md"), "x").unwrap();
        prepare(&at);
        let problem = survey(folder.path()).check_source(Path::new("/c/a")).err()?.to_problem();
        Some((problem.code, problem.subject.unwrap()))
    }

    #[cfg(unix)]
    #[test]
    fn an_empty_source_is_none() {
        let empty = refusal(|at| std::fs::remove_file(at.join("SKILL.md")).unwrap());
        assert_eq!(empty, Some((Code::SourceInvalid, "/c/a".to_owned())));
        let dangling = refusal(|at| {
            std::fs::rename(at.join("SKILL.md"), at.join("sub/SKILL.md")).unwrap();
            symlink("sub/SKILL.md", at.join("SKILL.md")).unwrap();
        });
        assert_eq!(dangling, None);
    }

    #[cfg(unix)]
    #[rstest]
    #[case("/etc/passwd")]
    #[case("..")]
    #[case("../a/../../x")]
    #[case("../../a/SKILL.md")]
    #[case("../sub/../../x")]
    #[case("../../../../../../../../../etc/passwd")]
    fn links_that_leave(#[case] target: &str) {
        let refused = refusal(|at| symlink(target, at.join("sub/out")).unwrap());
        assert_eq!(refused, Some((Code::LinkLeavesArtifact, "/c/a/sub/out".to_owned())));
    }

    #[cfg(unix)]
    #[test]
    fn links_that_stay_are_content() {
        assert_eq!(refusal(|at| symlink("../SKILL.md", at.join("sub/in")).unwrap()), None);
        assert_eq!(refusal(|at| symlink("loop", at.join("loop")).unwrap()), None);
    }

    #[cfg(unix)]
    #[test]
    fn special_files() {
        let pipe =
            |at: &Path| rustix::fs::mkfifoat(rustix::fs::CWD, at.join("sub/pipe"), rustix::fs::Mode::RWXU);
        let socket = |at: &Path| std::os::unix::net::UnixListener::bind(at.join("socket"));
        let refused = |path: &str| Some((Code::SourceInvalid, path.to_owned()));
        assert_eq!(refusal(|at| pipe(at).unwrap()), refused("/c/a/sub/pipe"));
        assert_eq!(refusal(|at| drop(socket(at).unwrap())), refused("/c/a/socket"));
    }

    // Only there can these files be made.
    #[cfg(target_os = "linux")]
    #[rstest]
    #[case("nul.md")]
    #[case("COM1")]
    #[case("note.")]
    #[case("note ")]
    #[case("what?.md")]
    #[case("a:b")]
    #[case("bell\u{7}")]
    #[case("back\\slash")]
    #[case(&"n".repeat(201))]
    fn names_that_some_system_cannot_hold(#[case] name: &str) {
        for below in ["", "sub/"] {
            let refused = refusal(|at| std::fs::write(at.join(format!("{below}{name}")), "x").unwrap());
            assert_eq!(refused, Some((Code::InvalidName, format!("/c/a/{below}{name}"))));
        }
        let refused = refusal(|at| std::fs::create_dir(at.join(name)).unwrap());
        assert_eq!(refused, Some((Code::InvalidName, format!("/c/a/{name}"))));
    }

    // Only there can these files be made.
    #[cfg(target_os = "linux")]
    #[rstest]
    #[case("skill.MD", "/c/a/skill.MD")]
    #[case("Sub/other", "/c/a/sub")]
    #[case("sub/\u{fc}.md sub/u\u{308}.md", "/c/a/sub/\u{fc}.md")]
    #[case("sub/a\u{200d}.md sub/a.md", "/c/a/sub/a\u{200d}.md")]
    fn names_that_are_one_on_some_system(#[case] files: &str, #[case] subject: &str) {
        let refused = refusal(|at| {
            for file in files.split(' ') {
                std::fs::create_dir_all(at.join(file).parent().unwrap()).unwrap();
                std::fs::write(at.join(file), "x").unwrap();
            }
        });
        assert_eq!(refused, Some((Code::NameClash, subject.to_owned())));
    }

    #[test]
    fn a_file_over_the_limit_is_named_and_many_small_ones_are_not() {
        let sparse = |at: &Path, name: &str, bytes| {
            std::fs::File::create(at.join(name)).unwrap().set_len(bytes).unwrap();
        };
        let refused = refusal(|at| sparse(at, "sub/model.bin", MAX_BYTES + 1));
        assert_eq!(refused, Some((Code::SourceTooLarge, "/c/a/sub/model.bin".to_owned())));
        let refused = refusal(|at| ["one", "two"].iter().for_each(|name| sparse(at, name, MAX_BYTES / 2)));
        assert_eq!(refused, Some((Code::SourceTooLarge, "/c/a".to_owned())));
        assert_eq!(refusal(|at| sparse(at, "just", MAX_BYTES - 1)), None);
    }

    #[test]
    fn a_source_deeper_than_anybody_builds_is_refused_and_not_descended_into() {
        let folder = tempfile::tempdir().unwrap();
        let mut at = folder.path().join("a");
        for _ in 0..300 {
            at.push("d");
        }
        std::fs::create_dir_all(&at).unwrap();
        let root = Root::open(folder.path()).unwrap();
        let error = root.survey(&RelPath::new("a").unwrap()).unwrap_err();
        assert_eq!(error.code(), Code::SourceInvalid);
        assert!(error.to_string().contains("64 folders deep"), "{error}");
    }

    /// Reads a source that `meddle` changes before each try ends; gives how often it was tried and what came of it.
    fn tries(meddle: impl Fn(&Path, usize)) -> (usize, Option<Code>) {
        let folder = tempfile::tempdir().unwrap();
        let (at, rel) = (folder.path().join("a"), RelPath::new("a").unwrap());
        std::fs::create_dir(&at).unwrap();
        std::fs::write(at.join("SKILL.md"), "x").unwrap();
        let root = Root::open(folder.path()).unwrap();
        let mut tried = 0;
        let done = root.read_at_rest(&rel, &survey(folder.path()), |seen| {
            tried += 1;
            meddle(&at, tried);
            root.stage(&rel, seen, &root, &RelPath::new(format!("copy-{tried}")).unwrap(), None)
        });
        (tried, done.err().map(|error| error.code()))
    }

    #[test]
    fn a_source_that_changes_once_is_read_once_more_and_one_that_goes_on_is_refused() {
        let grow = |at: &Path, tried: usize| std::fs::write(at.join(format!("new-{tried}")), "x").unwrap();
        assert_eq!(tries(|_, _| ()), (1, None));
        assert_eq!(
            tries(|at, tried| if tried == 1 {
                grow(at, tried);
            }),
            (2, None)
        );
        assert_eq!(tries(grow), (2, Some(Code::SourceInvalid)));
        let vanish = |at: &Path, _| std::fs::remove_dir_all(at).unwrap();
        assert_eq!(tries(vanish), (1, Some(Code::SourceInvalid)));
        let lose = |at: &Path, _| drop(std::fs::remove_file(at.join("SKILL.md")));
        assert_eq!(tries(lose), (1, Some(Code::SourceInvalid)), "what it has become is no source");
    }

    #[test]
    fn a_failure_that_is_not_the_sources_is_not_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("a")).unwrap();
        let (root, mut tried) = (Root::open(folder.path()).unwrap(), 0);
        let done: Result<()> = root.read_at_rest(&RelPath::new("a").unwrap(), &survey(folder.path()), |_| {
            tried += 1;
            Err(Error::io("write", "/p", std::io::ErrorKind::StorageFull.into()))
        });
        assert_eq!((tried, done.unwrap_err().code()), (1, Code::DiskFull));
    }
}
