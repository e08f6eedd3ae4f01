//! What to do with one target: the tables of the write path.

use super::{Action, OnConflict};
use crate::error::{Code, Problem, Remedy, Severity};
use crate::id::ContentHash;

/// What stands at a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Nothing.
    Absent,
    /// Something that could be read.
    Present {
        /// Its content hash, over what is not on the ignore list.
        hash: ContentHash,
        /// Its hash with ignored files counted in, where that was worth computing.
        unfiltered: Option<ContentHash>,
        /// Whether files of the ignore list lie in it.
        has_ignored: bool,
        /// Whether it is known to differ from what was deployed in something that the hash does not see: a
        /// permission, a link, an empty folder.
        differs: bool,
    },
    /// Something that could not be read.
    Unreadable(Problem),
}

impl Target {
    /// Whether this is what a record of ours says was deployed. A record written by SkillMeat may hold the
    /// hash with ignored files counted in.
    fn is(&self, recorded: &ContentHash) -> bool {
        matches!(self, Self::Present { hash, unfiltered, differs: false, .. }
            if hash == recorded || unfiltered.as_ref() == Some(recorded))
    }
}

/// The decision for one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What would be done with the choice in force.
    pub action: Action,
    /// Why a choice is needed.
    pub conflict: Option<Problem>,
    /// The choices that make sense.
    pub choices: &'static [OnConflict],
    /// Why nothing can be done.
    pub problem: Option<Problem>,
}

impl Decision {
    /// A target about which nothing needs to be asked.
    pub fn clear(action: Action) -> Self {
        Self { action, conflict: None, choices: &[], problem: None }
    }

    /// A target about which nothing can be done.
    pub fn refused(problem: Problem) -> Self {
        Self { problem: Some(problem), ..Self::clear(Action::None) }
    }

    /// A target that needs a choice.
    pub fn conflict(
        problem: Problem,
        choices: &'static [OnConflict],
        choice: OnConflict,
        go_ahead: Action,
    ) -> Self {
        let action = match choice {
            OnConflict::Overwrite => go_ahead,
            OnConflict::Keep if choices.contains(&OnConflict::Keep) => Action::Kept,
            OnConflict::Keep | OnConflict::Stop | OnConflict::Skip => Action::None,
        };
        Self { action, conflict: Some(problem), choices, problem: None }
    }
}

/// Decides a deploy. `source` is the content to deploy; it is only needed where something stands at the target.
pub fn deploy(
    target: &Target,
    recorded: Option<&ContentHash>,
    source: Option<&ContentHash>,
    choice: OnConflict,
    place: &str,
) -> Decision {
    const CHOICES: &[OnConflict] = &[OnConflict::Skip, OnConflict::Overwrite, OnConflict::Keep];
    match target {
        Target::Absent => Decision::clear(Action::Created),
        Target::Unreadable(problem) => Decision::refused(problem.clone()),
        Target::Present { hash, .. } if Some(hash) == source => {
            Decision::clear(if recorded == source { Action::Unchanged } else { Action::Adopted })
        }
        Target::Present { .. } => match recorded {
            Some(recorded) if target.is(recorded) => Decision::clear(Action::Updated),
            Some(_) => Decision::conflict(local_changes(place), CHOICES, choice, Action::Updated),
            None => Decision::conflict(unmanaged(place), CHOICES, choice, Action::Updated),
        },
    }
}

/// Decides an undeploy. `collection` is the content that the collection has now, which also counts as ours; without
/// one where the target is not exactly that.
pub fn undeploy(
    target: &Target,
    recorded: &ContentHash,
    collection: Option<&ContentHash>,
    choice: OnConflict,
    place: &str,
) -> Decision {
    const CHOICES: &[OnConflict] = &[OnConflict::Skip, OnConflict::Overwrite];
    match target {
        Target::Absent => Decision::clear(Action::Removed),
        Target::Unreadable(problem) => Decision::refused(problem.clone()),
        Target::Present { hash, has_ignored, .. } => {
            let ours = (target.is(recorded) || Some(hash) == collection) && !has_ignored;
            if ours {
                Decision::clear(Action::Removed)
            } else {
                Decision::conflict(local_changes(place), CHOICES, choice, Action::Removed)
            }
        }
    }
}

/// The conflict of a copy that was edited.
pub fn local_changes(place: &str) -> Problem {
    let message = format!("{place} was edited since it was deployed. Look at the difference, then choose.");
    Problem::new(Code::LocalChanges, Severity::Refusal, message).about(place).with_remedy(Remedy::ShowDiff)
}

/// The conflict of a copy with an entry of the ignore list (`.venv`, say) that would have no place in the new one:
/// `file` would be where its folder is.
pub fn no_place_for(place: &str, entry: &str, file: &str) -> Problem {
    let why = match file {
        "" => "the new copy is a file and no folder".to_owned(),
        file => format!("the new copy has a file {file} where its folder is"),
    };
    let message = format!(
        "{place} holds {entry}, and {why}. Keep what is there, or overwrite it: it goes to the trash then."
    );
    Problem::new(Code::LocalChanges, Severity::Refusal, message).about(place).with_remedy(Remedy::ShowDiff)
}

/// The conflict of something that nobody deployed.
pub fn unmanaged(place: &str) -> Problem {
    let message =
        format!("{place} is there already and was not deployed from here. Choose what to do with it.");
    Problem::new(Code::UnmanagedTarget, Severity::Refusal, message)
        .about(place)
        .with_remedy(Remedy::Overwrite)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn hash(letter: char) -> ContentHash {
        ContentHash::from_digest(&[letter as u8; 32])
    }

    fn target(text: &str) -> Target {
        let mut letters = text.chars();
        match letters.next().unwrap() {
            '-' => Target::Absent,
            letter => {
                let unfiltered = letters.next().map(hash);
                let has_ignored = unfiltered.is_some();
                Target::Present { hash: hash(letter), unfiltered, has_ignored, differs: false }
            }
        }
    }

    /// target · recorded · source · choice → action, conflict
    #[rstest]
    #[case("-", None, OnConflict::Stop, Action::Created, None)]
    #[case("-", Some('a'), OnConflict::Stop, Action::Created, None)]
    #[case("s", Some('s'), OnConflict::Stop, Action::Unchanged, None)]
    #[case("s", None, OnConflict::Stop, Action::Adopted, None)]
    #[case("s", Some('a'), OnConflict::Stop, Action::Adopted, None)]
    #[case("a", Some('a'), OnConflict::Stop, Action::Updated, None)]
    #[case("ab", Some('b'), OnConflict::Stop, Action::Updated, None)]
    #[case("x", Some('a'), OnConflict::Stop, Action::None, Some(Code::LocalChanges))]
    #[case("x", Some('a'), OnConflict::Skip, Action::None, Some(Code::LocalChanges))]
    #[case("x", Some('a'), OnConflict::Overwrite, Action::Updated, Some(Code::LocalChanges))]
    #[case("x", Some('a'), OnConflict::Keep, Action::Kept, Some(Code::LocalChanges))]
    #[case("x", None, OnConflict::Stop, Action::None, Some(Code::UnmanagedTarget))]
    #[case("x", None, OnConflict::Overwrite, Action::Updated, Some(Code::UnmanagedTarget))]
    fn deploy_table(
        #[case] at: &str,
        #[case] recorded: Option<char>,
        #[case] choice: OnConflict,
        #[case] action: Action,
        #[case] conflict: Option<Code>,
    ) {
        let decision = deploy(&target(at), recorded.map(hash).as_ref(), Some(&hash('s')), choice, "p");
        assert_eq!((decision.action, decision.conflict.map(|problem| problem.code)), (action, conflict));
    }

    #[rstest]
    #[case("-", None, OnConflict::Stop, Action::Removed, false)]
    #[case("a", None, OnConflict::Stop, Action::Removed, false)]
    #[case("s", Some('s'), OnConflict::Stop, Action::Removed, false)]
    #[case("x", Some('s'), OnConflict::Stop, Action::None, true)]
    #[case("x", Some('s'), OnConflict::Overwrite, Action::Removed, true)]
    #[case("x", Some('s'), OnConflict::Keep, Action::None, true)]
    #[case("ab", None, OnConflict::Stop, Action::None, true)]
    fn undeploy_table(
        #[case] at: &str,
        #[case] collection: Option<char>,
        #[case] choice: OnConflict,
        #[case] action: Action,
        #[case] conflict: bool,
    ) {
        let decision = undeploy(&target(at), &hash('a'), collection.map(hash).as_ref(), choice, "p");
        assert_eq!((decision.action, decision.conflict.is_some()), (action, conflict));
    }
}
