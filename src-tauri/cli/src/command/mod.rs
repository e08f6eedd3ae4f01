//! The commands: one question to the engine each, and what to say about its answer.

mod collection;
mod completions;
mod deploy;
mod diff;
mod discover;
mod doctor;
mod history;
mod list;
mod manual;
mod pins;
mod profile;
mod project;
mod receipt;
mod resync;
mod sets;
mod show;
mod status;
mod update;

use crate::args::{Args, Command, Global};
use crate::output::{Answer, Screen};
use skillmeat_engine::Engine;
use skillmeat_engine::clock::SystemClock;
use skillmeat_engine::engine::Options;
use skillmeat_engine::error::{Error, Result};
use skillmeat_engine::settings::SetsSwitch;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Does what was asked.
pub(crate) fn run(screen: &Screen, args: &Args) -> Result<Answer> {
    let global = &args.global;
    match &args.command {
        Command::List(list) => list::run(screen, &open(global, "skm list")?, global, list),
        Command::Show { artifact } => show::run(screen, &open(global, "skm show")?, global, artifact),
        Command::Deploy(deploy) => deploy::deploy(screen, &open(global, "skm deploy")?, global, deploy),
        Command::Undeploy(undeploy) => {
            deploy::undeploy(screen, &open(global, "skm undeploy")?, global, undeploy)
        }
        Command::Status { project } => status::run(screen, &open(global, "skm status")?, project),
        Command::Diff { artifact, project, profile } => {
            diff::run(screen, &open(global, "skm diff")?, global, artifact, project, profile.as_deref())
        }
        Command::Update(update) => update::run(screen, &open(global, "skm update")?, global, update),
        Command::Push(push) => update::push(screen, &open(global, "skm push")?, global, push),
        Command::Project(project) => project::run(screen, &open(global, "skm project")?, project),
        Command::Profile(profile) => profile::run(screen, &open(global, "skm profile")?, profile),
        Command::Collection(collection) => {
            collection::run(screen, &open(global, "skm collection")?, global, collection)
        }
        Command::Group(group) => sets::group(screen, &open(global, "skm group")?, global, group),
        Command::Set(set) => sets::set(screen, &open(global, "skm set")?, global, set),
        Command::Tag { ids, add, remove } => {
            collection::tag(screen, &open(global, "skm tag")?, global, (ids, add, remove))
        }
        Command::Discover(discover) => {
            discover::run(screen, &open(global, "skm discover")?, global, discover)
        }
        Command::Import(import) => discover::import(screen, &open(global, "skm import")?, global, import),
        Command::Pin(wanted) => pins::pin(screen, &open(global, "skm pin")?, global, wanted),
        Command::Unpin(wanted) => pins::unpin(screen, &open(global, "skm unpin")?, global, wanted),
        Command::History { limit } => history::run(screen, &open(global, "skm history")?, *limit),
        Command::Undo(undo) => history::undo(screen, &open(global, "skm undo")?, undo),
        Command::Doctor(doctor) if doctor.diagnostics => {
            Ok(doctor::diagnostics(screen, &options(global, "skm doctor")?))
        }
        Command::Doctor(doctor) => doctor::run(screen, &open(global, "skm doctor")?, doctor),
        Command::Resync => resync::run(screen, &open(global, "skm resync")?),
        Command::Completions { shell } => Ok(completions::run(screen, *shell)),
        Command::Manual { list: true, .. } => Ok(manual::list(screen)),
        Command::Manual { command, .. } => manual::run(screen, command),
    }
}

/// Opens the engine on the home folder in force.
fn open(global: &Global, holder: &str) -> Result<Engine> {
    Engine::open(options(global, holder)?)
}

fn options(global: &Global, holder: &str) -> Result<Options> {
    let user_home = std::env::home_dir().filter(|home| !home.as_os_str().is_empty());
    let named = || std::env::var_os("SKILLMEAT_HOME").filter(|home| !home.is_empty()).map(PathBuf::from);
    let home = global.home.clone().or_else(named).or_else(|| Some(user_home.as_ref()?.join(".skillmeat")));
    let Some(home) = home else {
        let reason = "There is no home folder. Name SkillMeat's with --home or SKILLMEAT_HOME.".to_owned();
        return Err(Error::InvalidRequest { reason });
    };
    let home = std::path::absolute(&home).map_err(|source| Error::io("find", &home, source))?;
    let (clock, holder, sets) = (Arc::new(SystemClock), holder.to_owned(), SetsSwitch::of_environment());
    Ok(Options { home, user_home, clock, holder, sets })
}

/// A folder as a person names it, absolute, for messages that mean the same everywhere.
fn absolute(folder: &str) -> Result<String> {
    let path = std::path::absolute(Path::new(folder)).map_err(|source| Error::io("find", folder, source))?;
    path.into_os_string().into_string().map_err(|path| Error::InvalidRequest {
        reason: format!("The path {} is not valid UTF-8.", path.display()),
    })
}

fn all_absolute(folders: &[String]) -> Result<Vec<String>> {
    folders.iter().map(|folder| absolute(folder)).collect()
}

/// `1 file`, `2 files`.
fn counted(count: u64, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}
