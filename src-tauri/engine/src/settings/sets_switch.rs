//! Whether there are deployment sets: the environment's word, else the setting.

use crate::error::SetError;

/// The environment variable that switches deployment sets on (`1`, `true`) or off (`0`, `false`), whatever the setting.
pub const SETS_VARIABLE: &str = "SKILLMEAT_DEPLOYMENT_SETS_ENABLED";

/// What the environment says about deployment sets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum SetsSwitch {
    /// Nothing: the setting counts.
    #[default]
    Unset,
    /// They are on.
    On,
    /// They are off.
    Off,
    /// Something else, as it is written. Nobody knows what is meant, so nothing is done.
    Unreadable(String),
}

impl SetsSwitch {
    /// What the variable's value says. An empty one says nothing, as with other variables.
    pub fn parse(value: &str) -> Self {
        match value.trim().to_ascii_lowercase().as_str() {
            "" => Self::Unset,
            "1" | "true" => Self::On,
            "0" | "false" => Self::Off,
            _ => Self::Unreadable(value.to_owned()),
        }
    }

    /// What the process's environment says.
    pub fn of_environment() -> Self {
        std::env::var_os(SETS_VARIABLE).map_or(Self::Unset, |value| Self::parse(&value.to_string_lossy()))
    }

    /// Whether they are on; none where the setting decides.
    ///
    /// # Errors
    /// `config-invalid` for a value that is none.
    pub fn said(&self) -> Result<Option<bool>, SetError> {
        match self {
            Self::Unset => Ok(None),
            Self::On => Ok(Some(true)),
            Self::Off => Ok(Some(false)),
            Self::Unreadable(value) => Err(SetError::SwitchUnreadable { value: value.clone() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Code, Error};
    use rstest::rstest;

    #[rstest]
    #[case("", Some(None))]
    #[case("1", Some(Some(true)))]
    #[case(" True ", Some(Some(true)))]
    #[case("0", Some(Some(false)))]
    #[case("FALSE", Some(Some(false)))]
    #[case("yes", None)]
    #[case("2", None)]
    #[case("off", None)]
    fn only_what_is_documented_is_understood(#[case] value: &str, #[case] said: Option<Option<bool>>) {
        assert_eq!(SetsSwitch::parse(value).said().ok(), said);
    }

    #[test]
    fn what_is_not_understood_names_the_variable() {
        let problem = Error::from(SetsSwitch::parse("maybe").said().unwrap_err()).to_problem();
        assert_eq!(problem.code, Code::ConfigInvalid);
        assert!(problem.message.contains(SETS_VARIABLE) && problem.message.contains("maybe"), "{problem:?}");
    }
}
