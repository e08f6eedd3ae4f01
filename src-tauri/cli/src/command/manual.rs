//! `skm manual`: the manual pages, from the same definitions as `--help`.

use crate::args::Args;
use crate::output::{Answer, Screen};
use clap::CommandFactory;
use serde::Serialize;
use skillmeat_engine::error::{Error, Result};

#[derive(Debug, Serialize)]
struct Pages {
    commands: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Data {
    name: String,
    page: String,
}

/// The page of `words`, which are a command's without `skm`; of `skm` itself when there are none.
pub(super) fn run(screen: &Screen, words: &[String]) -> Result<Answer> {
    let skm = built();
    let mut command = &skm;
    for word in words {
        command = command.find_subcommand(word).ok_or_else(|| unknown(words))?;
    }
    let data = Data { name: page_name(command), page: page(command)? };
    Ok(screen.answer(&data, Vec::new(), |page| page.line(data.page.trim_end())))
}

/// The commands that have a page: `skm`, `skm deploy`, `skm set add`.
pub(super) fn list(screen: &Screen) -> Answer {
    let mut commands = Vec::new();
    collect(&built(), "", &mut commands);
    let data = Pages { commands };
    screen.answer(&data, Vec::new(), |page| data.commands.iter().for_each(|command| page.line(command)))
}

/// What can be asked, with everything that clap only fills in when it parses. `help` is no command of ours and
/// has no page.
fn built() -> clap::Command {
    let mut skm = Args::command().disable_help_subcommand(true);
    skm.build();
    skm
}

fn collect(command: &clap::Command, above: &str, commands: &mut Vec<String>) {
    let whole = format!("{above}{}", command.get_name());
    commands.push(whole.clone());
    command.get_subcommands().for_each(|below| collect(below, &format!("{whole} "), commands));
}

fn page_name(command: &clap::Command) -> String {
    command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned()
}

fn page(command: &clap::Command) -> Result<String> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command.clone())
        .source(concat!("SkillMeat Desktop ", env!("CARGO_PKG_VERSION")))
        .manual("SkillMeat Desktop")
        .render(&mut text)
        .map_err(|source| Error::io("write", "the manual page", source))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn unknown(words: &[String]) -> Error {
    let reason =
        format!("There is no command “skm {}”. `skm manual --list` lists them all.", words.join(" "));
    Error::InvalidRequest { reason }
}
