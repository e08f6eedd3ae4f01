//! Records that another writer dropped from a manifest, noticed against the last good copy.
//!
//! SkillMeat and editors rewrite the whole file, and may do so without a lock; what was written in between is gone
//! then. A record counts as lost when the last good copy has it, no record of the manifest names its place, and what
//! it names is on disk as it was deployed. Where the files are gone too, somebody undeployed.

use super::Engine;
use super::gate::Gate;
use super::project::{Project, project_key};
use super::scan::Scan;
use crate::error::{Code, Problem, Remedy, Severity};
use crate::fs::Root;
use crate::manifest::{self, Manifest, Record};
use crate::path::RelPath;
use crate::plan::Target;

/// How many lost records a message names.
const NAMED: usize = 3;

/// What a look at the last good copy says.
pub(super) enum Look {
    /// Nothing new.
    Same,
    /// The manifest says something else, and nothing is lost: this is to be kept.
    News(Copy),
    /// Records are lost; the copy must stay as it is.
    Lost(Box<Loss>),
}

/// A manifest's text to be kept as the last good copy.
pub(super) struct Copy {
    profile_root: RelPath,
    /// The copy that it was compared with. Another one was kept by somebody who knew more.
    seen: Option<String>,
    text: Option<String>,
}

/// Records that were lost, and the copy that has them.
pub(super) struct Loss {
    pub(super) good: Manifest,
    pub(super) records: Vec<Record>,
}

/// Compares a manifest that was read well with its last good copy.
pub(super) fn look(project: &Project, root: &RelPath, manifest: Option<&Manifest>, gate: &Gate<'_>) -> Look {
    let copy = project.desktop.as_ref().map(|desktop| manifest::good_copy(desktop, &project.key(), root));
    let seen = copy.and_then(|copy| {
        copy.unwrap_or_else(|error| {
            tracing::warn!(%error, "the last good copy of a manifest could not be read");
            None
        })
    });
    let text = manifest.and_then(Manifest::render);
    if seen == text {
        return Look::Same;
    }
    if let Some(good) = seen.as_deref().and_then(|text| Manifest::parse(text, root).ok()) {
        let missing = good.missing_from(manifest).into_iter();
        let records: Vec<Record> =
            missing.filter(|record| is_there(project, root, record, gate)).cloned().collect();
        if !records.is_empty() {
            return Look::Lost(Box::new(Loss { good, records }));
        }
    }
    Look::News(Copy { profile_root: root.clone(), seen, text })
}

/// Whether what a record names is on disk as it was deployed.
pub(super) fn is_there(project: &Project, root: &RelPath, record: &Record, gate: &Gate<'_>) -> bool {
    let recorded = &record.content_hash;
    let (target, _) = gate.target(&project.root, &root.join(&record.artifact_path), Some(recorded), None);
    matches!(target, Target::Present { hash, unfiltered, .. }
        if hash == *recorded || unfiltered.as_ref() == Some(recorded))
}

impl Loss {
    /// The notice about it.
    pub(super) fn problem(&self, project: &Project, root: &RelPath) -> Problem {
        let file = project.manifest_file(root);
        let named: Vec<&str> =
            self.records.iter().take(NAMED).map(|record| record.artifact_path.as_str()).collect();
        let more = match self.records.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let message = format!(
            "Another program took records out of {file}, while what they name is still there as it was \
             deployed: {}{more}. Put the records back.",
            named.join(", ")
        );
        Problem::new(Code::RecordLost, Severity::Notice, message).about(file).with_remedy(Remedy::Repair)
    }
}

impl Engine {
    /// Keeps the manifests of a project that were read well. Losing a copy costs a later repair its source only.
    pub(super) fn keep_copies(&self, scan: &Scan) {
        if scan.copies.is_empty() {
            return;
        }
        let desktop = match Root::create(&self.options.home.join("desktop")) {
            Ok(desktop) => desktop,
            Err(error) => return tracing::warn!(%error, "copies of manifests could not be kept"),
        };
        let key = project_key(&scan.row.project_path);
        for copy in &scan.copies {
            let now = manifest::good_copy(&desktop, &key, &copy.profile_root).ok().flatten();
            if now == copy.seen {
                manifest::keep_text(&desktop, &key, &copy.profile_root, copy.text.as_deref());
            }
        }
    }
}
