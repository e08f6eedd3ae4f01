//! The attacks, each under a name that says what it is.

use super::corpus::Place;
use rustix::fs::{CWD, Mode, mkfifoat};
use skillmeat_tests::{Node, folder, link, repository, skill, tree};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// One attack: its name, and how it is laid out.
pub(super) struct Case {
    pub(super) name: String,
    pub(super) lay: Box<dyn Fn(&Place) + Send + Sync>,
}

fn case(name: &str, lay: impl Fn(&Place) + Send + Sync + 'static) -> Case {
    Case { name: name.to_owned(), lay: Box::new(lay) }
}

pub(super) fn all() -> Vec<Case> {
    let mut cases = texts("manifests", 60, |place, _, text| Node::from(text).put(&place.manifest()));
    cases.extend(texts("collections", 13, |place, _, text| {
        skill(&place.odd, "fine");
        Node::from(text).put(&place.odd.join("collection.toml"));
    }));
    cases.extend(texts("artifacts", 12, |place, name, text| {
        for path in
            [format!("skills/{name}/SKILL.md"), format!("commands/{name}.md"), format!("agents/{name}.md")]
        {
            Node::from(text.as_str()).put(&place.odd.join(path));
        }
    }));
    cases.extend(manifest_files());
    cases.extend(project_links());
    cases.extend(collections());
    cases.extend(artifacts());
    cases.extend(homes());
    cases
}

/// A case for each file of a folder of `tests/fixtures/hostile`, of which there are at least `least`.
fn texts(kind: &'static str, least: usize, lay: fn(&Place, &str, String)) -> Vec<Case> {
    let at = repository().join("tests/fixtures/hostile").join(kind);
    let mut files: Vec<_> = std::fs::read_dir(at).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= least, "only {} {kind}", files.len());
    let of = |file: std::path::PathBuf| {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&file).unwrap();
        case(&format!("{kind}/{name}"), move |place| {
            lay(place, &name, text.replace("{outside}", place.outside.to_str().unwrap()));
        })
    };
    files.into_iter().map(of).collect()
}

fn fifo(path: &Path) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    mkfifoat(CWD, path, Mode::RWXU).unwrap();
}

/// Manifests that are no text, or no file.
fn manifest_files() -> Vec<Case> {
    let bytes = |name: &str, bytes: &'static [u8]| {
        case(&format!("manifest-file/{name}"), move |place| {
            Node::from(bytes).put(&place.manifest());
        })
    };
    vec![
        bytes("zero-bytes", b""),
        bytes("nul-bytes", &[0; 4096]),
        bytes("not-utf-8", b"x = \"\xff\xfe\"\n"),
        bytes("utf-16", b"\xff\xfe[\0[\0d\0]\0]\0"),
        case("manifest-file/seventeen-mebibytes", |place| {
            Node::from("").put(&place.manifest());
            std::fs::File::options().write(true).open(place.manifest()).unwrap().set_len(17 << 20).unwrap();
        }),
        case("manifest-file/five-thousand-records", |place| {
            let record = |number| {
                format!(
                    "[[deployed]]\nartifact_name = \"r{number}\"\nartifact_type = \"skill\"\n\
                     artifact_path = \"skills/r{number}\"\ncontent_hash = \"{}\"\n",
                    "0".repeat(64)
                )
            };
            Node::from((0..5_000).map(record).collect::<String>()).put(&place.manifest());
        }),
        case("manifest-file/is-a-folder", |place| folder().put(&place.manifest())),
        case("manifest-file/is-a-pipe", |place| fifo(&place.manifest())),
        case("manifest-file/is-a-link-out", |place| {
            link(place.outside.join("victim/SKILL.md").to_str().unwrap()).put(&place.manifest());
        }),
        case("manifest-file/is-a-link-to-itself", |place| {
            link(".skillmeat-deployed.toml").put(&place.manifest());
        }),
        case("manifest-file/is-a-device", |place| link("/dev/zero").put(&place.manifest())),
    ]
}

/// Links, pipes and files in a project where we want to work.
fn project_links() -> Vec<Case> {
    let lock = ".claude/..skillmeat-deployed.toml.skillmeat-lock";
    let out = |name: &str, at: &'static str, below: &'static str| {
        case(&format!("project/{name}"), move |place| {
            let to = place.outside.join(below);
            link(to.to_str().unwrap()).put(&place.project.join(at));
        })
    };
    let at = |name: &str, at: &'static str, node: Node| {
        case(&format!("project/{name}"), move |place| node.put(&place.project.join(at)))
    };
    vec![
        out("profile-folder-is-a-link-out", ".claude", ""),
        out("kind-folder-is-a-link-out", ".claude/skills", ""),
        out("copy-is-a-link-out", ".claude/skills/code-review", "victim"),
        out("file-copy-is-a-link-out", ".claude/commands/changelog.md", "victim/SKILL.md"),
        out("other-profile-is-a-link-out", ".agents", ""),
        out("lock-is-a-link-out", lock, "victim/SKILL.md"),
        out("lock-is-a-dangling-link-out", lock, "made-by-a-lock"),
        out("stage-is-a-link-out", ".claude/.skillmeat-stage", ""),
        out("folder-inside-a-copy-is-a-link-out", ".claude/skills/code-review/references", "victim"),
        at("profile-folder-is-a-link-to-itself", ".claude", link(".claude")),
        at("profile-folder-is-a-dangling-link", ".claude", link("nowhere")),
        at("profile-folder-is-a-file", ".claude", Node::from("x")),
        at("profile-folder-is-the-project", ".claude", link(".")),
        at("profile-folder-is-above", ".claude", link("..")),
        at("profile-folder-is-git", ".claude", link(".git")),
        at("kind-folder-is-git-hooks", ".claude/skills", link("../.git/hooks")),
        at("kind-folder-is-the-project", ".claude/skills", link("..")),
        at("kind-folder-is-a-file", ".claude/skills", Node::from("x")),
        at("stage-is-a-file", ".claude/.skillmeat-stage", Node::from("x")),
        at("lock-is-a-folder", lock, folder()),
        case("project/lock-is-a-pipe", move |place| fifo(&place.project.join(lock))),
        case("project/profile-folder-is-a-pipe", |place| fifo(&place.project.join(".claude"))),
        case("project/copy-is-a-pipe", |place| fifo(&place.project.join(".claude/skills/code-review"))),
        case("project/pipe-inside-a-copy", |place| {
            fifo(&place.project.join(".claude/skills/code-review/SKILL.md"));
        }),
        case("project/copy-is-very-deep", |place| {
            let deep = format!(".claude/skills/code-review/{}", "d/".repeat(400));
            folder().put(&place.project.join(deep));
        }),
        case("project/name-that-is-not-utf-8", |place| {
            let name = OsStr::from_bytes(b".claude/skills/code-review/\xff\xfe");
            Node::from("x").put(&place.project.join(name));
        }),
    ]
}

/// Collections that are laid out by somebody who wants to get out of them.
fn collections() -> Vec<Case> {
    let file = |name: &str, at: &'static str, node: Node| {
        case(&format!("collection/{name}"), move |place| node.put(&place.home.join(at)))
    };
    vec![
        file("name-is-a-device", "collections/nul/skills/x/SKILL.md", Node::from("x")),
        file("name-ends-in-a-dot", "collections/odd./skills/x/SKILL.md", Node::from("x")),
        file("name-with-escapes", "collections/\u{1b}[2J\u{202e}/skills/x/SKILL.md", Node::from("x")),
        file("name-with-a-line-break", "collections/a\nb/skills/x/SKILL.md", Node::from("x")),
        file("is-a-file", "collections/odd", Node::from("x")),
        file("is-a-link-to-itself", "collections/odd", link("odd")),
        file("is-another-collection", "collections/odd", link("default")),
        file("index-is-a-folder", "collections/odd/collection.toml", folder()),
        file("index-is-a-device", "collections/odd/collection.toml", link("/dev/zero")),
        file("kind-folder-is-a-file", "collections/odd/skills", Node::from("x")),
        case("collection/index-is-a-pipe", |place| fifo(&place.odd.join("collection.toml"))),
        case("collection/index-is-a-link-out", |place| {
            let to = place.outside.join("victim/SKILL.md");
            link(to.to_str().unwrap()).put(&place.odd.join("collection.toml"));
        }),
        case("collection/kind-folder-is-a-link-out", |place| {
            link(place.outside.to_str().unwrap()).put(&place.odd.join("skills"));
        }),
        case("collection/folders-very-deep", |place| {
            folder().put(&place.odd.join(format!("skills/{}", "d/".repeat(400))));
        }),
    ]
}

/// Artifacts that bring what is no content.
fn artifacts() -> Vec<Case> {
    let with = |name: &str, at: &'static str, node: Node| {
        case(&format!("artifact/{name}"), move |place| {
            skill(&place.odd, "odd");
            let at = place.odd.join("skills/odd").join(at);
            let _ = std::fs::remove_file(&at);
            node.put(&at);
        })
    };
    vec![
        with("link-to-a-secret", "key", link("/etc/passwd")),
        with("link-up-and-out", "up", link("../../../../../../outside/victim/SKILL.md")),
        with("link-to-a-folder-out", "up", link("../..")),
        with("link-to-itself", "loop", link("loop")),
        with("link-through-a-link", "references/up", link("../references/../../..")),
        with("main-file-is-a-link-out", "SKILL.md", link("/etc/passwd")),
        with("main-file-is-a-device", "SKILL.md", link("/dev/zero")),
        with("brings-a-manifest", ".skillmeat-deployed.toml", Node::from("deployed = []\n")),
        with("brings-a-stage", ".skillmeat-stage/x/0", Node::from("x")),
        with("brings-a-repository", ".git/hooks/pre-commit", Node::from("#!/bin/sh\n")),
        with("file-name-is-a-device", "aux.md", Node::from("x")),
        with("file-name-with-a-line-break", "a\nb", Node::from("x")),
        with("file-name-reads-backwards", "\u{202e}gpj.exe", Node::from("x")),
        with("file-names-that-clash", "skill.md", Node::from("x")),
        case("artifact/pipe-inside", |place| {
            skill(&place.odd, "odd");
            fifo(&place.odd.join("skills/odd/pipe"));
        }),
        case("artifact/main-file-is-a-pipe", |place| fifo(&place.odd.join("skills/odd/SKILL.md"))),
        case("artifact/command-is-a-pipe", |place| fifo(&place.odd.join("commands/odd.md"))),
        case("artifact/command-is-a-link-out", |place| {
            link("/etc/passwd").put(&place.odd.join("commands/odd.md"));
        }),
        case("artifact/file-name-that-is-not-utf-8", |place| {
            skill(&place.odd, "odd");
            Node::from("x").put(&place.odd.join("skills/odd").join(OsStr::from_bytes(b"\xff\xfe")));
        }),
        case("artifact/very-deep", |place| {
            skill(&place.odd, "odd");
            folder().put(&place.odd.join(format!("skills/odd/{}", "d/".repeat(400))));
        }),
        case("artifact/name-of-the-stage", |place| skill(&place.odd, ".skillmeat-stage")),
        case("artifact/names-that-clash", |place| {
            skill(&place.odd, "odd");
            skill(&place.odd, "Odd");
        }),
        case("artifact/empty", |place| folder().put(&place.odd.join("skills/odd"))),
    ]
}

/// Lists in our home that name what cannot be.
fn homes() -> Vec<Case> {
    let projects = |name: &str, entry: &'static str| {
        case(&format!("home/{name}"), move |place| {
            let entry = entry.replace("{project}", place.project.to_str().unwrap());
            tree!(place.home => { "desktop/projects.toml": format!("[[projects]]\n{entry}\n") });
        })
    };
    vec![
        projects("project-is-the-disk", "path = \"/\""),
        projects("project-is-relative", "path = \"../../outside\""),
        projects("project-goes-up", "path = \"{project}/../../../outside/../../..\""),
        projects("project-is-nowhere", "path = \"/nowhere/at/all\""),
        projects("project-is-a-device", "path = \"/dev/null\""),
        projects("project-name-with-escapes", "path = \"{project}\"\nname = \"\\u001b[2J\\u202e\""),
        projects(
            "project-with-a-profile-that-is-a-path",
            "path = \"{project}\"\nprofiles = [\"../../outside\", \".git\"]",
        ),
    ]
}
