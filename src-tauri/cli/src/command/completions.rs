//! `skm completions`.

use crate::args::Args;
use crate::output::{Answer, Screen};
use clap::CommandFactory;
use clap_complete::Shell;
use serde::Serialize;

#[derive(Debug, Serialize)]
struct Data {
    shell: String,
    script: String,
}

pub(super) fn run(screen: &Screen, shell: Shell) -> Answer {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "skm", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    let data = Data { shell: shell.to_string(), script };
    screen.answer(&data, Vec::new(), |page| page.line(data.script.trim_end()))
}
