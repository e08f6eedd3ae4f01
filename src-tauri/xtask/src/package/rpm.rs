//! The .rpm, packed by `rpmbuild`, which finds out itself what the programs link to.

use super::stage::{Places, Stage, copy, epoch, filled, read, version, write};
use super::{files, folder, printed};
use crate::{Failure, place};

const PLACES: Places = Places { zsh: "usr/share/zsh/site-functions", doc: "usr/share/doc/skillmeat-desktop" };

/// Packs what `profile` has built.
pub(crate) fn build(profile: &str) -> Result<(), Failure> {
    println!("\n── The .rpm");
    let stage = Stage::lay_out("rpm", profile, &PLACES)?;
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        let text = read(&place::root().join(licence))?;
        stage.file(&format!("usr/share/licenses/skillmeat-desktop/{licence}"), &text)?;
    }
    let top = folder().join("rpmbuild");
    let spec = top.join("skillmeat-desktop.spec");
    write(&spec, filled("skillmeat-desktop.spec", &[("PACKAGE", &version())])?.as_bytes())?;
    let mut command = place::command("rpmbuild");
    command.env("SOURCE_DATE_EPOCH", epoch()?).arg("-bb");
    for (name, value) in [
        ("_topdir", top.to_string_lossy().as_ref()),
        ("staged", stage.root.to_string_lossy().as_ref()),
        ("use_source_date_epoch_as_buildtime", "1"),
        ("clamp_mtime_to_source_date_epoch", "1"),
        ("_buildhost", "localhost"),
    ] {
        command.args(["--define", &format!("{name} {value}")]);
    }
    printed(command.arg(&spec))?;
    let made = top.join("RPMS").join(std::env::consts::ARCH);
    for file in files(&made, "rpm")? {
        copy(&file, &folder().join(file.file_name().unwrap_or_default()))?;
        print!("{}", printed(place::command("rpm").args(["-qp", "--requires"]).arg(&file))?);
    }
    Ok(())
}
