//! What can go wrong with groups and deployment sets.

use super::{Code, Problem};
use std::path::PathBuf;

/// Every way in which a call about groups and sets can fail beside those of any call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SetError {
    /// A file of sets cannot be read.
    #[error("{} cannot be read, so its sets are not changed: {reason}. Mend the file; until then it is left as it is.", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What the parser said, with its position.
        reason: String,
    },
    /// No set answers to the name or id.
    #[error(
        "There is no set “{query}” in the collection “{collection}”. `skm set list` shows what there is."
    )]
    SetNotFound {
        /// The name or id as it was asked for.
        query: String,
        /// Where it was looked for.
        collection: String,
    },
    /// No group has the name.
    #[error(
        "There is no group “{query}” in the collection “{collection}”. `skm group list` shows what there is."
    )]
    GroupNotFound {
        /// The name as it was asked for.
        query: String,
        /// Where it was looked for.
        collection: String,
    },
    /// A set has no such member.
    #[error("“{member}” is not in “{holder}”.")]
    MemberNotFound {
        /// The member as it was asked for.
        member: String,
        /// The set or group.
        holder: String,
    },
    /// A set would come to hold itself.
    #[error("A set cannot hold itself: {}. Leave one of them out.", path.join(" → "))]
    Cycle {
        /// The names on the way round; the first is the last again.
        path: Vec<String>,
    },
    /// Sets in sets in sets, over the limit.
    #[error("Sets can be nested {limit} deep, and this is deeper: {}. Take one of them out.", path.join(" → "))]
    TooDeep {
        /// The names on the way down, one more than the limit.
        path: Vec<String>,
        /// The limit.
        limit: usize,
    },
    /// Nothing is known to be left of a set's deploy.
    #[error("Nothing of the operation “{operation}” is left to be tried again.")]
    NothingLeft {
        /// The id as it was asked for.
        operation: String,
    },
    /// Deployment sets are switched off.
    #[error("{}", switched_off(*.by_environment))]
    Disabled {
        /// By the environment, and not by the setting.
        by_environment: bool,
    },
    /// The environment says something about deployment sets that is neither on nor off.
    #[error(
        "The environment variable SKILLMEAT_DEPLOYMENT_SETS_ENABLED is “{}”, which is neither 0, 1, true nor false. \
         Set it to one of these, or unset it, and start again.",
        .value.escape_debug()
    )]
    SwitchUnreadable {
        /// What it says.
        value: String,
    },
    /// The write path refused the change, or failed.
    #[error("{}", .0.message)]
    Refused(Box<Problem>),
    /// The name of a set or group is taken.
    #[error("There is a {what} “{name}” already. Choose another name.")]
    Taken {
        /// `set` or `group`.
        what: &'static str,
        /// The name.
        name: String,
    },
}

impl SetError {
    /// The stable code.
    pub(super) fn code(&self) -> Code {
        match self {
            Self::Invalid { .. } => Code::SetsInvalid,
            Self::SetNotFound { .. } => Code::SetNotFound,
            Self::GroupNotFound { .. } => Code::GroupNotFound,
            Self::MemberNotFound { .. } => Code::MemberNotFound,
            Self::Cycle { .. } => Code::SetCycle,
            Self::TooDeep { .. } => Code::SetTooDeep,
            Self::Taken { .. } => Code::NameClash,
            Self::NothingLeft { .. } => Code::OperationNotFound,
            Self::Disabled { .. } => Code::FeatureDisabled,
            Self::SwitchUnreadable { .. } => Code::ConfigInvalid,
            Self::Refused(problem) => problem.code,
        }
    }

    /// Whether the environment says so, which nothing in this program changes.
    pub(super) fn is_of_environment(&self) -> bool {
        matches!(self, Self::Disabled { by_environment: true } | Self::SwitchUnreadable { .. })
    }

    /// What it is about.
    pub(super) fn subject(&self) -> String {
        match self {
            Self::Invalid { path, .. } => path.display().to_string(),
            Self::SetNotFound { query, .. } | Self::GroupNotFound { query, .. } => query.clone(),
            Self::MemberNotFound { member, .. } => member.clone(),
            Self::Cycle { path } | Self::TooDeep { path, .. } => path.first().cloned().unwrap_or_default(),
            Self::Taken { name, .. } => name.clone(),
            Self::NothingLeft { operation } => operation.clone(),
            Self::Disabled { .. } | Self::SwitchUnreadable { .. } => SETS_VARIABLE.to_owned(),
            Self::Refused(problem) => problem.subject.clone().unwrap_or_default(),
        }
    }
}

const SETS_VARIABLE: &str = "SKILLMEAT_DEPLOYMENT_SETS_ENABLED";

fn switched_off(by_environment: bool) -> String {
    let how = if by_environment {
        "by the environment variable SKILLMEAT_DEPLOYMENT_SETS_ENABLED. Set it to 1, or unset it, and start again"
    } else {
        "in the settings. Switch them on there, or set SKILLMEAT_DEPLOYMENT_SETS_ENABLED=1"
    };
    format!("Deployment sets are switched off {how}. The sets that there are stay as they are.")
}
