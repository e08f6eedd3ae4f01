//! A project with a long history of another program's: hundreds of records, some edited, missing, orphaned or named
//! twice, all of them `local_modifications = false`.

use crate::call::artifact;
use sha2::{Digest, Sha256};
use skillmeat_engine::status::Status;
use skillmeat_tests::{DiskSnapshot, Node, Sandbox, tree};
use std::fmt::Write as _;

const RECORDS: usize = 400;

fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_statuses_of_a_long_history_are_right_and_reading_writes_nothing() {
    let sandbox = Sandbox::empty();
    let (folder, engine) = (sandbox.project("api"), sandbox.engine());
    let (mut manifest, mut want) = (String::new(), Vec::new());
    for index in 0..RECORDS {
        let name = format!("c{index:03}");
        let deployed = format!("deployed {index}\n");
        let newer = format!("newer {index}\n");
        let mine = format!("mine {index}\n");
        // collection, project, and what a person would call that
        let (theirs, ours, status) = match index % 8 {
            0 | 1 => (Some(&deployed), Some(&deployed), Status::Synced),
            2 => (Some(&newer), Some(&deployed), Status::Outdated),
            3 => (Some(&deployed), Some(&mine), Status::Modified),
            4 => (Some(&newer), Some(&mine), Status::Conflict),
            5 => (Some(&deployed), None, Status::Missing),
            6 => (None, Some(&mine), Status::Orphaned),
            _ => (Some(&newer), Some(&newer), Status::Synced),
        };
        if let Some(text) = theirs {
            Node::from(text.as_str()).put(&sandbox.collection().join(format!("commands/{name}.md")));
        }
        if let Some(text) = ours {
            Node::from(text.as_str()).put(&folder.join(format!(".claude/commands/{name}.md")));
        }
        // Every tenth was recorded twice, by two deploys a year apart.
        for year in (2024..2026).take(if index % 10 == 0 { 2 } else { 1 }) {
            write!(
                manifest,
                "[[deployed]]\nartifact_name = \"{name}\"\nartifact_type = \"command\"\n\
                 from_collection = \"default\"\ndeployed_at = \"{year}-03-01T10:00:00.123456\"\n\
                 artifact_path = \"commands/{name}.md\"\ncontent_hash = \"{}\"\n\
                 local_modifications = false\n\n",
                digest(&deployed)
            )
            .unwrap();
        }
        let edited = ours.is_some_and(|text| *text != deployed);
        want.push((format!(".claude/commands/{name}.md"), status, edited));
    }
    tree!(folder => { ".claude/.skillmeat-deployed.toml": manifest.as_str() });
    let before = DiskSnapshot::of(&folder);

    let project = sandbox.project_text("api");
    let mut rows = engine.status(std::slice::from_ref(&project)).unwrap().deployments;
    rows.dedup_by(|a, b| a.artifact_path == b.artifact_path);
    let found: Vec<_> = rows
        .iter()
        .map(|row| {
            let place = row.profile_root_dir.join(&row.artifact_path).to_string();
            (place, row.status, row.local_modifications)
        })
        .collect();
    assert_eq!(found, want);
    engine.add_project(&project).unwrap();
    engine.resync(skillmeat_engine::feed::Origin::Startup).unwrap();
    engine.find_deployments(&artifact("command:c004"), &project, None).unwrap();
    before.assert_same(&DiskSnapshot::of(&folder));
}
