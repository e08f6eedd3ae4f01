//! What somebody else does to a project: the same on disk and in memory.

use super::acts::{Edit, Spot};
use super::tree::{Node, Tree};
use super::world::{PLACES, PROFILES, Rec, World, target};
use std::fmt::Write;
use std::path::Path;

const MANIFEST: &str = ".skillmeat-deployed.toml";

/// Does an edit; `folder` is the project's, `number` makes its content unlike any other.
pub(super) fn edit(world: &mut World, folder: &Path, spot: Spot, edit: Edit, number: u64) {
    let (profile, artifact) = PLACES[spot.place];
    let target = target(profile, artifact);
    let there = world.projects[spot.project].disk.at(&target);
    let own = format!("written by somebody, {number}\n");
    match there {
        Some(tree) => {
            let Some(new) = changed(tree, edit, own) else { return };
            put(world, folder, spot.project, &target, new);
        }
        None if matches!(edit, Edit::RemoveFolderAbove) => {}
        None => {
            let source = world.sources[artifact].as_ref().map(Tree::copied);
            let Some((tree, hash)) = placed(edit, own, source) else { return };
            if hash.is_some() && world.projects[spot.project].records.contains_key(&target) {
                return;
            }
            put(world, folder, spot.project, &target, Some(tree));
            if let Some(hash) = hash {
                record(folder, (profile, artifact), &hash, number);
                world.clock += 1;
                let rec = Rec { hash, written: world.clock };
                world.projects[spot.project].records.insert(target.clone(), rec);
            }
        }
    }
    if matches!(edit, Edit::RemoveFolderAbove) {
        let above = target.rsplit_once('/').unwrap().0;
        world.projects[spot.project].disk.prune(above);
        let _ = std::fs::remove_dir_all(folder.join(above));
    }
}

/// What a copy becomes; nothing where this edit does not fit it.
#[allow(clippy::option_option, reason = "an edit may do nothing, or take everything away")]
fn changed(mut tree: Tree, edit: Edit, own: String) -> Option<Option<Tree>> {
    let main = if tree.0.contains_key("SKILL.md") { "SKILL.md" } else { "" };
    let is_folder = matches!(tree.0.get(""), Some(Node::Folder(_)));
    let add = |tree: &mut Tree, nodes: &[(&str, Node)]| {
        let nodes = nodes.iter().filter(|_| is_folder);
        tree.0.extend(nodes.map(|(path, node)| ((*path).to_owned(), node.clone())));
    };
    match edit {
        Edit::Content => match tree.0.get_mut(main) {
            Some(Node::File(_, bytes)) => *bytes = own.into_bytes(),
            _ => return None,
        },
        Edit::Mode => match tree.0.get_mut(main) {
            Some(Node::File(mode, _) | Node::Folder(mode)) => *mode ^= 0o050,
            _ => return None,
        },
        Edit::FolderMode => match tree.0.get_mut("") {
            Some(Node::Folder(mode)) => *mode ^= 0o050,
            _ => return None,
        },
        Edit::AddFile => {
            add(&mut tree, &[("notes", Node::Folder(0o750)), ("notes/mine.md", Node::file(own))]);
        }
        Edit::AddFolder => add(&mut tree, &[("empty", Node::Folder(0o755))]),
        Edit::AddIgnored => {
            let python = Node::File(0o755, own.into_bytes());
            let bin = ("bin", Node::Folder(0o755));
            let nodes = [(".venv", Node::Folder(0o755)), (".venv/bin", bin.1), (".venv/bin/python", python)];
            add(&mut tree, &nodes);
        }
        Edit::AddCompiled if matches!(tree.0.get("scripts"), Some(Node::Folder(_))) => {
            let compiled = ("scripts/__pycache__/run.pyc", Node::file(own));
            add(&mut tree, &[("scripts/__pycache__", Node::Folder(0o755)), compiled]);
        }
        Edit::RemoveFile => {
            tree.0.remove("scripts/run.sh")?;
        }
        Edit::RemoveAll => return Some(None),
        _ => return None,
    }
    Some(Some(tree))
}

/// What is put where nothing stands, and the hash that a record of it has.
fn placed(edit: Edit, own: String, source: Option<Tree>) -> Option<(Tree, Option<String>)> {
    let mine = Tree::of([
        ("", Node::Folder(0o755)),
        ("SKILL.md", Node::file(own.clone())),
        (".venv", Node::Folder(0o755)),
        (".venv/x", Node::file(format!("x {own}"))),
    ]);
    Some(match edit {
        Edit::PutFolder => (mine, None),
        Edit::PutFile => (Tree::of([("", Node::File(0o600, own.into_bytes()))]), None),
        Edit::PutLink => (Tree::of([("", Node::Link("nowhere".to_owned()))]), None),
        Edit::PutSame => (source?, None),
        Edit::RecordSame => {
            let source = source?;
            let hash = source.hash();
            (source, Some(hash))
        }
        Edit::RecordOther => {
            let mine = mine.without_ignored();
            let hash = mine.hash();
            (mine, Some(hash))
        }
        Edit::RecordUnfiltered => {
            let hash = mine.hash();
            (mine, Some(hash))
        }
        _ => return None,
    })
}

/// Makes a target what is given, in memory and on disk.
fn put(world: &mut World, folder: &Path, project: usize, target: &str, tree: Option<Tree>) {
    let (mode, disk) = (world.folder_mode, &mut world.projects[project].disk);
    disk.prune(target);
    let path = folder.join(target);
    match path.symlink_metadata() {
        Ok(stat) if stat.is_dir() => std::fs::remove_dir_all(&path).unwrap(),
        Ok(_) => std::fs::remove_file(&path).unwrap(),
        Err(_) => {}
    }
    if let Some(tree) = tree {
        disk.folders_above(target, mode);
        disk.graft(target, &tree);
        tree.write(&path);
    }
}

/// Writes a record at the end of a manifest, as SkillMeat does.
fn record(folder: &Path, (profile, artifact): (usize, usize), hash: &str, number: u64) {
    let (root, place) =
        target(profile, artifact).split_once('/').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let path = folder.join(root).join(MANIFEST);
    let mut text = std::fs::read_to_string(&path).unwrap_or_default();
    let (kind, name) = super::world::ARTIFACTS[artifact].split_once(':').unwrap();
    writeln!(
        text,
        "\n[[deployed]]\nartifact_name = \"{name}\"\nartifact_type = \"{kind}\"\nfrom_collection = \"default\"\n\
         deployed_at = \"2026-02-11T10:30:00.{number:06}\"\nartifact_path = \"{place}\"\ncontent_hash = \"{hash}\"\n\
         local_modifications = false\ndeployment_profile_id = \"{}\"\nparent_hash = \"{hash}\"\n",
        PROFILES[profile]
    )
    .unwrap();
    std::fs::write(path, text).unwrap();
}
