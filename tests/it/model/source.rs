//! What the artifacts of the collection are.

use super::tree::{Node, Tree};
use super::world::ARTIFACTS;

/// What an artifact of the collection is in this version. The fifth has the first one's content and other permissions,
/// and those after it other paths.
pub(super) fn source(artifact: usize, version: u8) -> Tree {
    let text = version % 4;
    let main = format!("---\nname: {}\ndescription: d\n---\nversion {text}\n", ARTIFACTS[artifact]);
    let script = if version.is_multiple_of(2) && version < 4 { 0o755 } else { 0o644 };
    if artifact == 2 {
        return Tree::of([("", Node::File(script, main.into_bytes()))]);
    }
    let mut tree = Tree::of([
        ("", Node::Folder(0o755)),
        ("SKILL.md", Node::file(main)),
        ("scripts", Node::Folder(0o755)),
        ("scripts/run.sh", Node::File(script, format!("run {}\n", text / 2).into_bytes())),
    ]);
    let more = match text {
        0 => Tree::of([("only-first.md", Node::file("first"))]),
        1 => Tree::of([("hollow", Node::Folder(0o755))]),
        2 => Tree::of([("latest", Node::Link("SKILL.md".to_owned()))]),
        _ => Tree::of([
            ("latest", Node::Link("nowhere".to_owned())),
            ("__pycache__", Node::Folder(0o755)),
            ("__pycache__/x.pyc", Node::file("compiled")),
        ]),
    };
    tree.0.extend(more.0);
    // Other paths: a file in the place of a folder, or nothing.
    if version >= 5 {
        tree.prune("scripts");
    }
    if version == 5 {
        tree.0.insert("scripts".to_owned(), Node::file("no folder any more\n"));
    }
    tree
}
