//! The last good copy of a manifest, in our home.
//!
//! `desktop/manifests/<project key>/<profile root>.toml`; the `/` of a root of several folders is written `%2F`.
//! An empty copy says that there was no manifest. A copy is not flushed: the manifest itself is the truth, and a
//! copy that is lost or old only makes a repair know less.

use super::MAX_BYTES;
use super::document::Manifest;
use super::record::Record;
use crate::error::Result;
use crate::fs::Root;
use crate::path::RelPath;

const FOLDER: &str = "manifests";

/// The last good copy of the manifest of a profile root; `None` when there was no manifest, or none is known.
/// `desktop` is our home's folder of that name, `key` the project's.
///
/// # Errors
/// `io` and its relatives; a copy that is no text counts as none.
pub fn good_copy(desktop: &Root, key: &str, profile_root: &RelPath) -> Result<Option<String>> {
    let bytes = desktop.read(&place(key, profile_root)?, MAX_BYTES)?;
    Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()).filter(|text| !text.is_empty()))
}

/// Keeps what a commit wrote. `before` is the manifest as it was read for the commit, `after` as it was written, with
/// its text.
///
/// Records of the copy that `before` lacked were lost before this commit, by another writer. They stay in the copy,
/// so that the loss can still be noticed. A failure is logged: it costs a later repair its source, and nothing else.
pub fn keep(
    desktop: &Root,
    key: &str,
    profile_root: &RelPath,
    before: Option<&Manifest>,
    (after, text): (&Manifest, Option<&str>),
) {
    let known = good_copy(desktop, key, profile_root).ok().flatten();
    let unchanged = known == before.and_then(Manifest::render);
    let good = known.filter(|_| !unchanged).and_then(|text| Manifest::parse(&text, profile_root).ok());
    let lost: Vec<Record> = good.iter().flat_map(|good| good.missing_from(before)).cloned().collect();
    match good {
        Some(good) if !lost.is_empty() => {
            let mut both = after.clone();
            both.restore(&lost, &good);
            keep_text(desktop, key, profile_root, both.render().as_deref());
        }
        _ => keep_text(desktop, key, profile_root, text),
    }
}

/// Keeps a text that was read well; `None` when there is no manifest. A failure is logged.
pub fn keep_text(desktop: &Root, key: &str, profile_root: &RelPath, text: Option<&str>) {
    let write = || {
        desktop.create_folders(&RelPath::new(format!("{FOLDER}/{key}"))?)?;
        desktop.replace(&place(key, profile_root)?, text.unwrap_or_default().as_bytes())
    };
    if let Err(error) = write() {
        tracing::warn!(%error, "the copy of a manifest could not be kept");
    }
}

/// The profile roots of which a copy is kept. What cannot be listed or is no copy of ours is left out.
pub fn kept_roots(desktop: &Root, key: &str) -> Vec<RelPath> {
    let entries = RelPath::new(format!("{FOLDER}/{key}")).and_then(|folder| desktop.list(Some(&folder)));
    let root = |entry: crate::fs::Entry| {
        let name = entry.name.strip_suffix(".toml")?.replace("%2F", "/").replace("%25", "%");
        RelPath::new(name).ok()
    };
    entries.unwrap_or_default().into_iter().filter_map(root).collect()
}

/// Moves the copies kept under one key to another one, under which newer ones may be kept already.
///
/// # Errors
/// `io` and its relatives; copies that were moved stay so, and the next call goes on.
pub fn move_copies(desktop: &Root, from: &str, to: &str) -> Result<()> {
    let roots = kept_roots(desktop, from);
    if roots.is_empty() {
        return Ok(());
    }
    desktop.create_folders(&RelPath::new(format!("{FOLDER}/{to}"))?)?;
    for root in roots {
        let (old, new) = (place(from, &root)?, place(to, &root)?);
        if desktop.entry(&new)?.is_none() {
            desktop.rename_over(&old, &new)?;
        } else {
            desktop.remove(&old)?;
        }
    }
    desktop.remove_folder_if_empty(&RelPath::new(format!("{FOLDER}/{from}"))?).map(drop)
}

fn place(key: &str, profile_root: &RelPath) -> Result<RelPath> {
    let name = profile_root.as_str().replace('%', "%25").replace('/', "%2F");
    RelPath::new(format!("{FOLDER}/{key}/{name}.toml"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    fn record(name: &str) -> String {
        let hash = "97a90288b4bdf661970187fd6d79ddb859cd1d9d06d500438afa1f13c557a69e";
        format!(
            "[[deployed]]\nartifact_name = '{name}'\nartifact_type = 'skill'\nartifact_path = 'skills/{name}'\n\
             content_hash = '{hash}'\nnote = 'kept'\n"
        )
    }

    struct Home {
        folder: tempfile::TempDir,
        desktop: Root,
        root: RelPath,
    }

    impl Home {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let desktop = Root::open(folder.path()).unwrap();
            Self { folder, desktop, root: RelPath::new(".claude").unwrap() }
        }

        fn manifest(&self, names: &[&str]) -> Manifest {
            let text = names.iter().map(|name| record(name)).collect::<Vec<_>>().join("\n");
            Manifest::parse(&text, &self.root).unwrap()
        }

        fn keep(&self, before: Option<&[&str]>, after: &[&str]) {
            let before = before.map(|names| self.manifest(names));
            let after = self.manifest(after);
            keep(&self.desktop, "k", &self.root, before.as_ref(), (&after, after.render().as_deref()));
        }

        fn names(&self) -> Vec<String> {
            let text = good_copy(&self.desktop, "k", &self.root).unwrap().unwrap_or_default();
            let good = Manifest::parse(&text, &self.root).unwrap();
            good.records().map(|record| record.artifact_name.clone()).collect()
        }
    }

    #[test]
    fn the_copy_is_what_was_written_last() {
        let home = Home::new();
        assert_eq!(good_copy(&home.desktop, "k", &home.root).unwrap(), None);
        home.keep(None, &["a"]);
        home.keep(Some(&["a"]), &["a", "b"]);
        assert_eq!(home.names(), ["a", "b"]);
        home.keep(Some(&["a", "b"]), &[]);
        assert_eq!(good_copy(&home.desktop, "k", &home.root).unwrap(), None);
    }

    #[test]
    fn a_record_that_was_lost_before_a_commit_stays_in_the_copy() {
        let home = Home::new();
        home.keep(None, &["a", "b"]);
        home.keep(Some(&["b"]), &["b", "c"]);
        assert_eq!(home.names(), ["b", "c", "a"]);
        let text = good_copy(&home.desktop, "k", &home.root).unwrap().unwrap();
        assert_eq!(text.matches("note = 'kept'").count(), 3, "{text}");
        home.keep(None, &[]);
        assert_eq!(home.names(), ["b", "c", "a"], "the whole file went without us");
    }

    #[test]
    fn profile_roots_do_not_share_a_copy() {
        let home = Home::new();
        for root in ["a/b", "a%2Fb", "a%252Fb"] {
            keep_text(&home.desktop, "k", &RelPath::new(root).unwrap(), Some(root));
        }
        for root in ["a/b", "a%2Fb", "a%252Fb"] {
            let copy = good_copy(&home.desktop, "k", &RelPath::new(root).unwrap()).unwrap();
            assert_eq!(copy.as_deref(), Some(root));
        }
        let kept = kept_roots(&home.desktop, "k");
        assert_eq!(kept.iter().map(RelPath::as_str).collect::<Vec<_>>(), ["a%252Fb", "a%2Fb", "a/b"]);
        assert_eq!(kept_roots(&home.desktop, "other"), []);
    }

    #[test]
    fn a_copy_that_cannot_be_kept_stops_nobody() {
        let home = Home::new();
        std::fs::write(home.folder.path().join(FOLDER), "in the way").unwrap();
        home.keep(None, &["a"]);
        assert_eq!(good_copy(&home.desktop, "k", &home.root).unwrap(), None);
    }

    #[test]
    fn a_copy_that_is_no_text_counts_as_none() {
        let home = Home::new();
        home.keep(None, &["a"]);
        std::fs::write(home.folder.path().join("manifests/k/.claude.toml"), b"\xff").unwrap();
        assert_eq!(good_copy(&home.desktop, "k", &home.root).unwrap(), None);
        let huge = std::fs::File::create(home.folder.path().join("manifests/k/.claude.toml")).unwrap();
        huge.set_len(MAX_BYTES + 1).unwrap();
        let error = good_copy(&home.desktop, "k", &home.root).unwrap_err();
        assert_eq!(error.code(), Code::SourceTooLarge);
    }
}
