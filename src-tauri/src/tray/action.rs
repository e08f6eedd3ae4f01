//! What an item of the tray's menu does.

use serde::{Deserialize, Serialize};
use skillmeat_engine::settings::Pin;

/// An action; written as JSON it is the item's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub(crate) enum Action {
    /// Brings the window to the front.
    Open,
    /// Deploys something into a project.
    Deploy {
        /// The project's folder.
        project: String,
        /// What.
        what: Pin,
    },
    /// Deploys once more what an operation deployed.
    Again {
        /// The operation.
        operation: String,
    },
    /// Lets a person choose a folder.
    ChooseProject,
    /// Shows what needs attention, in one project or everywhere.
    Attention {
        /// The project's folder.
        project: Option<String>,
    },
    /// Shows in the window what has no room in the menu.
    More {
        /// The project's folder.
        project: Option<String>,
    },
    /// Undoes an operation.
    Undo {
        /// The operation.
        operation: String,
    },
    /// Stops following changes on disk, or follows them again.
    Watch {
        /// Stop.
        paused: bool,
    },
    /// Ends the program.
    Quit,
}

impl Action {
    /// The id of the item that stands for it.
    pub(super) fn id(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The action that an id stands for.
    pub(super) fn of(id: &str) -> Option<Self> {
        serde_json::from_str(id).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_all_of_an_action() {
        let pin =
            Pin::Artifact { collection: "default".to_owned(), artifact_id: "skill:a & b\"\n".to_owned() };
        for action in [
            Action::Open,
            Action::Deploy { project: "/p/ü \u{202e}".to_owned(), what: pin },
            Action::Again { operation: "7".to_owned() },
            Action::More { project: None },
            Action::Watch { paused: true },
        ] {
            assert_eq!(Action::of(&action.id()), Some(action));
        }
        assert_eq!(Action::Open.id(), r#"{"do":"open"}"#);
        assert_eq!(Action::of("tray"), None);
    }
}
