//! Whether there are deployment sets. Off, every call about a set is refused and nothing of what is stored changes, by
//! an undo or an import neither. Groups go on working; a set that names one that is renamed or deleted meanwhile names
//! one that is not there, and says so once sets are on again.

use crate::engine::Engine;
use crate::error::{Result, SetError};
use crate::settings::{self, Settings};

impl Engine {
    /// Refuses where deployment sets are switched off. What cannot be read is neither on nor off.
    ///
    /// # Errors
    /// `feature-disabled`; `config-invalid`, and `io` and its relatives, when nobody can say.
    pub fn check_sets_enabled(&self) -> Result<()> {
        let (on, by_environment) = match self.options.sets.said()? {
            Some(said) => (said, true),
            None => (settings::read(&self.options.home)?.deployment_sets, false),
        };
        if on { Ok(()) } else { Err(SetError::Disabled { by_environment }.into()) }
    }

    /// Whether a window shows sets. Where settings cannot be read it does: what keeps their commands from working is
    /// then told.
    pub(in crate::engine) fn shows_sets(&self) -> bool {
        match self.options.sets.said() {
            Ok(Some(said)) => said,
            Ok(None) => self.settings().map_or(true, |settings| settings.deployment_sets),
            Err(_) => false,
        }
    }

    /// The settings with what the environment says instead.
    pub(in crate::engine) fn in_force(&self, mut settings: Settings) -> Settings {
        match self.options.sets.said() {
            Ok(None) => {}
            said => {
                settings.deployment_sets = matches!(said, Ok(Some(true)));
                settings.deployment_sets_fixed = true;
            }
        }
        settings
    }
}
