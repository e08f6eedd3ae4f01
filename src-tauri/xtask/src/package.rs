//! `cargo xtask package`: installers in `target/release/bundle`.

use crate::step::Step;
use crate::{Failure, node, place, system};
use std::path::{Path, PathBuf};

/// Builds deb and rpm, then the AppImage, whose tools Tauri fetches itself; without a network only that part fails.
pub(crate) fn package() -> Result<(), Failure> {
    system::ensure_build()?;
    node::prepare()?;
    let tauri = "npx --no --prefix ui tauri";
    Step::new("installers", "deb and rpm", &format!("{tauri} build --bundles deb,rpm")).run()?;
    let image = Step::new("appimage", "AppImage", &format!("{tauri} bundle --bundles appimage")).run();
    println!("\n── Built");
    for file in installers(&place::target().join("release/bundle")) {
        let bytes = file.metadata().map_or(0, |meta| meta.len());
        println!("{:>8.1} MB  {}", bytes as f64 / 1e6, file.display());
    }
    image.map_err(|failure| {
        format!("{failure}; Tauri fetches its tools from github.com, which may not be reachable")
    })
}

fn installers(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for kind in ["deb", "rpm", "appimage"] {
        let entries = std::fs::read_dir(folder.join(kind)).into_iter().flatten().flatten();
        found.extend(entries.map(|entry| entry.path()).filter(|path| is_installer(path)));
    }
    found
}

fn is_installer(path: &Path) -> bool {
    path.is_file()
        && path
            .extension()
            .is_some_and(|ending| ["deb", "rpm", "AppImage"].iter().any(|known| ending == *known))
}
