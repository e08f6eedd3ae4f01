//! Staging: every new copy of an operation, in parallel, beside its target.

use super::{Bytes, Step};
use crate::error::{Code, Result};
use crate::fs::{Root, Staged};
use crate::path::RelPath;
use rayon::prelude::*;

/// The folder below a profile root in which operations stage.
pub(super) const STAGE: &str = ".skillmeat-stage";

/// Where a step's tree is in the stage: the new copy before the swap, the old one after it.
pub(super) fn slot(stage: &RelPath, index: usize) -> Result<RelPath> {
    stage.child(&index.to_string())
}

/// Copies what is to be placed. `None` for a step that places nothing.
pub(super) fn copies(
    project: &Root,
    stage: &RelPath,
    steps: &[Step],
    each: &(dyn Fn(&RelPath) + Sync),
) -> Vec<Result<Option<Staged>>> {
    let copy = |(index, step): (usize, &Step)| {
        let Bytes::Place { source, path, survey, .. } = &step.bytes else { return Ok(None) };
        let slot = slot(stage, index)?;
        let staged = source.stage(path, survey, project, &slot);
        if staged.is_err() {
            // The failure that is reported is the copy's; what it left goes with the stage at the latest.
            let _ = project.remove(&slot);
        }
        staged.map(Some)
    };
    let told = |(index, step): (usize, &Step)| {
        let copied = copy((index, step));
        each(&step.target);
        copied
    };
    let mut copied: Vec<_> = steps.par_iter().enumerate().map(told).collect();
    // What did not fit beside a copy that did not fit either may fit alone.
    for (index, result) in copied.iter_mut().enumerate() {
        if result.as_ref().is_err_and(|error| error.code() == Code::DiskFull) {
            *result = copy((index, &steps[index]));
        }
    }
    copied
}
