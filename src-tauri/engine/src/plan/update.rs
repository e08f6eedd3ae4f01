//! Updating deployments, and pushing their edits into the collection: which side each file is taken from.

use super::{Choice, OnConflict};
use crate::error::{Code, Problem, Remedy, Severity};
use crate::id::{ArtifactRef, ProjectPath};
use crate::path::RelPath;
use crate::status::{FileStatus, Known, Status, above};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How many files a message names.
const NAMED: usize = 3;

/// Names one deployment.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DeploymentRef {
    /// The project.
    pub project_path: ProjectPath,
    /// The profile.
    pub deployment_profile_id: String,
    /// The profile root.
    pub profile_root_dir: RelPath,
    /// The copy, relative to the profile root.
    pub artifact_path: RelPath,
}

/// Which side a file is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Take {
    /// The collection's, also when that is none.
    Collection,
    /// The project's, also when that is none.
    Project,
    /// A text of the person's own, merged from both.
    Text,
}

/// A person's answer for one file of a deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct FileChoice {
    /// The file, relative to the artifact; the artifact's own name for a single file.
    pub file: RelPath,
    /// Which side.
    pub take: Take,
    /// The whole text, with `text` and only then.
    #[serde(default)]
    pub text: Option<String>,
}

/// Answers for single files of one deployment among several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DeploymentFiles {
    /// The deployment.
    pub deployment: DeploymentRef,
    /// Its files.
    pub files: Vec<FileChoice>,
}

/// Which deployments to bring up to their collection; or, for a push, to take the edits of into it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(default)]
pub struct UpdateRequest {
    /// The artifacts, found among the records of the projects.
    pub artifacts: Vec<ArtifactRef>,
    /// Every deployment of the projects that is there and whose artifact is.
    pub all: bool,
    /// With `all`: only the deployments of this collection.
    pub collection: Option<String>,
    /// Project folders.
    pub projects: Vec<String>,
    /// Profile ids; without any, every profile's copy.
    pub profiles: Vec<String>,
    /// Single deployments, instead of or beside all of this.
    pub deployments: Vec<DeploymentRef>,
    /// The answer for files that both sides changed and that have no answer of their own: `overwrite` takes the
    /// collection's and `keep` the project's, in a push the other way round, so that `keep` always is what stands where
    /// something would be written; `skip` and `stop` leave the whole deployment alone.
    pub on_conflict: OnConflict,
    /// The same for single deployments.
    pub choices: Vec<Choice>,
    /// Answers for single files, with exactly one deployment.
    pub files: Vec<FileChoice>,
    /// Answers for single files of deployments that are named.
    pub decided: Vec<DeploymentFiles>,
    /// The plan that the person agreed to.
    pub plan: Option<String>,
}

impl UpdateRequest {
    /// Whether each deployment that has answers is one that is named.
    pub fn decides_only_named(&self) -> bool {
        self.decided.iter().all(|decided| self.deployments.contains(&decided.deployment))
    }

    /// The answers for the files of one of its deployments.
    pub fn answers(&self, deployment: &DeploymentRef) -> Vec<FileChoice> {
        let decided = self.decided.iter().filter(|decided| decided.deployment == *deployment);
        self.files.iter().chain(decided.flat_map(|decided| &decided.files)).cloned().collect()
    }
}

/// Files of one deployment that a person has decided about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ResolveRequest {
    /// The deployment.
    pub deployment: DeploymentRef,
    /// One answer for each file that both sides changed, and for any other that differs.
    pub files: Vec<FileChoice>,
    /// The plan that the person agreed to.
    #[serde(default)]
    pub plan: Option<String>,
}

impl From<&ResolveRequest> for UpdateRequest {
    fn from(request: &ResolveRequest) -> Self {
        Self {
            deployments: vec![request.deployment.clone()],
            files: request.files.clone(),
            plan: request.plan.clone(),
            ..Self::default()
        }
    }
}

/// From which side each file is taken; `None` where both changed it and nobody has chosen. What only one side changed
/// is taken from the side that the changes come `from`, if it is that one, and else left as the other side has it.
///
/// `own` is the answer for single files.
pub fn takes(
    files: &[FileStatus],
    own: impl Fn(&str) -> Option<Take>,
    on_conflict: OnConflict,
    from: Take,
) -> Vec<Option<Take>> {
    let (changed, into) = match from {
        Take::Project => (Status::Modified, Take::Collection),
        Take::Collection | Take::Text => (Status::Outdated, Take::Project),
    };
    let take = |file: &FileStatus| match (own(&file.path), file.status, on_conflict) {
        (Some(take), _, _) => Some(take),
        (None, Status::Conflict, OnConflict::Overwrite) => Some(from),
        (None, Status::Conflict, OnConflict::Keep) => Some(into),
        (None, Status::Conflict, OnConflict::Stop | OnConflict::Skip) => None,
        (None, status, _) if status == changed => Some(from),
        (None, _, _) => Some(into),
    };
    files.iter().map(take).collect()
}

/// Two of the paths that cannot be together, because one would be a file and a folder.
pub fn clash<'a>(paths: &BTreeSet<&'a str>) -> Option<(&'a str, &'a str)> {
    let clash = |path: &&'a str| {
        let inner: &'a str = path;
        above(inner).find_map(|outer| paths.get(outer)).map(|outer| (*outer, inner))
    };
    paths.iter().find_map(clash)
}

/// The conflict of files that both sides changed, as people name them.
pub fn both_changed<'a>(place: &str, files: impl Iterator<Item = &'a str>, known: Known) -> Problem {
    let files: Vec<&str> = files.collect();
    let (first, rest) = files.split_at(files.len().min(NAMED));
    let mut named = first.join(", ");
    if !rest.is_empty() {
        named = format!("{named} and {} more", rest.len());
    }
    let message = match known {
        Known::Files => format!(
            "{place} was edited where the collection changed too: {named}. Choose what to take for each of these files."
        ),
        Known::Hash => format!(
            "{place} was edited and the collection changed. What was deployed is no longer kept, so nobody can tell who \
             changed which file: {named}. Choose what to take for each of these files."
        ),
    };
    Problem::new(Code::LocalChanges, Severity::Refusal, message).about(place).with_remedy(Remedy::ShowDiff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::SideChange;
    use rstest::rstest;

    fn file(path: &str, status: Status) -> FileStatus {
        FileStatus { path: path.to_owned(), status, collection: SideChange::Same, project: SideChange::Same }
    }

    #[rstest]
    #[case(OnConflict::Stop, None)]
    #[case(OnConflict::Skip, None)]
    #[case(OnConflict::Keep, Some(Take::Project))]
    #[case(OnConflict::Overwrite, Some(Take::Collection))]
    fn only_what_both_changed_needs_an_answer(#[case] on_conflict: OnConflict, #[case] answer: Option<Take>) {
        let files = [
            file("a", Status::Synced),
            file("b", Status::Outdated),
            file("c", Status::Modified),
            file("d", Status::Conflict),
            file("e", Status::Conflict),
        ];
        let own = |path: &str| (path == "e").then_some(Take::Text);
        let want =
            [Some(Take::Project), Some(Take::Collection), Some(Take::Project), answer, Some(Take::Text)];
        assert_eq!(takes(&files, own, on_conflict, Take::Collection), want);
        // A push is the same with the sides changed over.
        let mirrored = |take| match take {
            Take::Collection => Take::Project,
            Take::Project => Take::Collection,
            Take::Text => Take::Text,
        };
        let mut files = files;
        files[1].status = Status::Modified;
        files[2].status = Status::Outdated;
        let want = want.map(|take| take.map(mirrored));
        assert_eq!(takes(&files, own, on_conflict, Take::Project), want);
    }

    #[test]
    fn answers_are_those_of_the_deployment_alone() {
        let path = |text: &str| RelPath::new(text).unwrap();
        let deployment = |name: &str| DeploymentRef {
            project_path: ProjectPath::from_canonical("/work/api".to_owned()),
            deployment_profile_id: "claude_code".to_owned(),
            profile_root_dir: path(".claude"),
            artifact_path: path(name),
        };
        let answer = |file: &str| FileChoice { file: path(file), take: Take::Project, text: None };
        let decided =
            |name: &str| DeploymentFiles { deployment: deployment(name), files: vec![answer("SKILL.md")] };
        let mut request = UpdateRequest {
            deployments: vec![deployment("skills/a"), deployment("skills/b")],
            decided: vec![decided("skills/a")],
            ..UpdateRequest::default()
        };
        assert_eq!(request.answers(&deployment("skills/a")), [answer("SKILL.md")]);
        assert_eq!(request.answers(&deployment("skills/b")), []);
        assert!(request.decides_only_named());
        request.decided.push(decided("skills/c"));
        assert!(!request.decides_only_named());
    }

    #[test]
    fn a_file_and_what_would_be_in_it_clash() {
        assert_eq!(clash(&["a", "a.b", "b/c"].into()), None);
        assert_eq!(clash(&["a", "a-", "a/b/c"].into()), Some(("a", "a/b/c")));
        assert_eq!(clash(&["", "a"].into()), Some(("", "a")));
    }

    #[test]
    fn a_message_names_a_few_files_and_says_when_the_base_is_unknown() {
        let problem = both_changed("here", ["a", "b", "c", "d", "e"].into_iter(), Known::Files);
        assert!(problem.message.contains("a, b, c and 2 more."), "{problem:?}");
        let problem = both_changed("here", ["a"].into_iter(), Known::Hash);
        assert!(problem.message.contains("no longer kept"), "{problem:?}");
    }
}
