//! Where this program finds its home.

use skillmeat_engine::clock::SystemClock;
use skillmeat_engine::engine::Options;
use skillmeat_engine::settings::SetsSwitch;
use skillmeat_engine::{Error, Result};
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

/// The engine's options from the process's environment: `SKILLMEAT_HOME`, else `.skillmeat` in the person's
/// home folder.
pub(crate) fn options() -> Result<Options> {
    resolve(std::env::var_os("SKILLMEAT_HOME"), std::env::home_dir())
}

fn resolve(wanted: Option<OsString>, user_home: Option<PathBuf>) -> Result<Options> {
    let user_home = user_home.filter(|path| path.is_absolute());
    let home = match (wanted.filter(|path| !path.is_empty()), &user_home) {
        (Some(path), _) => std::path::absolute(&path).map_err(|error| Error::io("find", path, error))?,
        (None, Some(user_home)) => user_home.join(".skillmeat"),
        (None, None) => {
            let reason = "Neither SKILLMEAT_HOME nor HOME says where the collections are.".to_owned();
            return Err(Error::InvalidRequest { reason });
        }
    };
    Ok(Options {
        home,
        user_home,
        clock: Arc::new(SystemClock),
        holder: "window".to_owned(),
        sets: SetsSwitch::of_environment(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use skillmeat_engine::error::Code;

    fn home(wanted: Option<&str>, user_home: Option<&str>) -> Result<PathBuf> {
        Ok(resolve(wanted.map(OsString::from), user_home.map(PathBuf::from))?.home)
    }

    #[test]
    fn the_variable_wins_over_the_home_folder() {
        assert_eq!(home(Some("/data/meat"), Some("/home/ann")).unwrap(), PathBuf::from("/data/meat"));
        assert_eq!(home(Some("/data/meat"), None).unwrap(), PathBuf::from("/data/meat"));
        assert_eq!(home(None, Some("/home/ann")).unwrap(), PathBuf::from("/home/ann/.skillmeat"));
        assert_eq!(home(Some(""), Some("/home/ann")).unwrap(), PathBuf::from("/home/ann/.skillmeat"));
    }

    #[test]
    fn a_relative_home_is_fixed_at_the_start() {
        assert!(home(Some("meat"), None).unwrap().is_absolute());
    }

    #[test]
    fn no_home_at_all_is_said() {
        assert_eq!(home(None, None).unwrap_err().code(), Code::InvalidRequest);
    }
}
