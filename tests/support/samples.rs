//! Artifacts that look like real ones.

use crate::tree;
use std::path::Path;

/// A skill of three files in `<collection>/skills/<name>`.
pub fn skill(collection: &Path, name: &str) {
    let text = format!(
        "---\nname: {name}\ndescription: Helps with {name} when someone asks for it.\nversion: 1.2.0\n\
         tags: [quality, team]\n---\n# {name}\n\nRead `references/guide.md`, then run the script.\n"
    );
    let guide = format!("# Guide to {name}\n\n1. Look.\n2. Think.\n3. Change one thing.\n");
    tree!(collection.join("skills").join(name) => {
        "SKILL.md": text,
        "references/guide.md": guide,
        "scripts/run.sh": crate::exec("#!/bin/sh\necho done\n"),
    });
}

/// A command at `<collection>/commands/<path>.md`.
pub fn command(collection: &Path, path: &str) {
    let text =
        format!("---\ndescription: Runs {path} for $ARGUMENTS.\n---\nDo {path} and say what changed.\n");
    crate::Node::from(text).put(&collection.join(format!("commands/{path}.md")));
}

/// An agent at `<collection>/agents/<path>.md`.
pub fn agent(collection: &Path, path: &str) {
    let name = path.rsplit('/').next().unwrap_or(path);
    let text = format!(
        "---\nname: {name}\ndescription: Takes over {name} work.\nmodel: sonnet\n---\nYou are {name}.\n"
    );
    crate::Node::from(text).put(&collection.join(format!("agents/{path}.md")));
}
