//! The .deb, packed by `dpkg-deb`.

use super::stage::{Places, Stage, epoch, filled, formatted_date, read, version, write};
use super::{folder, printed, source};
use crate::{Failure, place};
use std::path::{Path, PathBuf};

const PLACES: Places =
    Places { zsh: "usr/share/zsh/vendor-completions", doc: "usr/share/doc/skillmeat-desktop" };

/// Packs what `profile` has built.
pub(crate) fn build(profile: &str) -> Result<PathBuf, Failure> {
    println!("\n── The .deb");
    let stage = Stage::lay_out("deb", profile, &PLACES)?;
    stage.file(&format!("{}/copyright", PLACES.doc), &read(&source("copyright"))?)?;
    stage.zipped(&format!("{}/changelog.Debian", PLACES.doc), changelog()?.as_bytes())?;
    stage.file("usr/share/lintian/overrides/skillmeat-desktop", &read(&source("lintian-overrides"))?)?;
    let architecture = printed(place::command("dpkg").arg("--print-architecture"))?;
    let architecture = architecture.trim();
    let values = [
        ("PACKAGE", version()),
        ("ARCHITECTURE", architecture.to_owned()),
        ("SIZE", size(&stage.root)?),
        ("DEPENDS", depends(&stage.root)?),
    ];
    let values: Vec<(&str, &str)> = values.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let control = filled("control", &values)?;
    stage.file("DEBIAN/md5sums", sums(&stage.root)?.as_bytes())?;
    stage.file("DEBIAN/control", control.as_bytes())?;
    let file = folder().join(format!("skillmeat-desktop_{}-1_{architecture}.deb", version()));
    let mut command = place::command("dpkg-deb");
    command.env("SOURCE_DATE_EPOCH", epoch()?).args(["--root-owner-group", "-Zxz", "--build"]);
    print!("{}", printed(command.arg(&stage.root).arg(&file))?);
    Ok(file)
}

/// Debian's own log, which is about the packaging; ours is beside it.
fn changelog() -> Result<String, Failure> {
    let date = formatted_date("+%a, %d %b %Y %H:%M:%S +0000")?;
    let control = read(&source("control"))?;
    let control = String::from_utf8_lossy(&control);
    let maintainer = control.lines().find_map(|line| line.strip_prefix("Maintainer: ")).unwrap_or_default();
    Ok(format!(
        "skillmeat-desktop ({}-1) stable; urgency=medium\n\n  * Release {}; changelog.gz tells what is new.\n\n \
         -- {maintainer}  {date}\n",
        version(),
        env!("CARGO_PKG_VERSION")
    ))
}

/// The packages of the libraries that the programs link to, in the versions that have what they use of them.
fn depends(root: &Path) -> Result<String, Failure> {
    let empty = folder().join("shlibdeps");
    write(
        &empty.join("debian/control"),
        b"Source: skillmeat-desktop\n\nPackage: skillmeat-desktop\nArchitecture: any\n",
    )?;
    let mut command = place::command("dpkg-shlibdeps");
    command.current_dir(&empty).args(["-O", "--warnings=0"]);
    let told =
        printed(command.args(["skillmeat-desktop", "skm"].map(|name| root.join("usr/bin").join(name))))?;
    let depends = told.trim().strip_prefix("shlibs:Depends=").unwrap_or_default().to_owned();
    if depends.contains("libwebkit2gtk") {
        Ok(depends)
    } else {
        Err(format!("dpkg-shlibdeps found only: {told}"))
    }
}

/// KiB on the disk.
fn size(root: &Path) -> Result<String, Failure> {
    let told = printed(place::command("du").args(["-k", "-s", "--apparent-size"]).arg(root.join("usr")))?;
    Ok(told.split_whitespace().next().unwrap_or_default().to_owned())
}

fn sums(root: &Path) -> Result<String, Failure> {
    let line = "find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum";
    printed(place::command("sh").current_dir(root).args(["-c", line]))
}
