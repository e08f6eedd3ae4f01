//! What can happen, and how it is drawn.

use proptest::prelude::*;
use skillmeat_engine::plan::OnConflict;

/// Where something is: a project and one of [`super::world::PLACES`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    pub(super) project: usize,
    pub(super) place: usize,
}

/// What somebody does to a copy, or where one would be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Edit {
    Content,
    Mode,
    FolderMode,
    AddFile,
    AddFolder,
    AddIgnored,
    AddCompiled,
    RemoveFile,
    RemoveAll,
    RemoveFolderAbove,
    /// These only where nothing stands.
    PutFolder,
    PutFile,
    PutLink,
    /// The collection's own content.
    PutSame,
    /// As SkillMeat imports and deploys: the collection's content and a record, or another content and its record, or
    /// with ignored files that the record's hash counts.
    RecordSame,
    RecordOther,
    RecordUnfiltered,
}

/// What the engine is asked for.
#[derive(Debug, Clone)]
pub(super) enum Ask {
    Deploy {
        artifacts: Vec<usize>,
        projects: Vec<usize>,
        profiles: Vec<usize>,
        choice: OnConflict,
    },
    /// Without a profile, the copies of all of them.
    Undeploy {
        artifacts: Vec<usize>,
        projects: Vec<usize>,
        profiles: Vec<usize>,
        discard: bool,
    },
    Update {
        artifacts: Vec<usize>,
        projects: Vec<usize>,
        profiles: Vec<usize>,
        choice: OnConflict,
    },
    /// From one place.
    Push {
        artifacts: Vec<usize>,
        project: usize,
        profile: usize,
        choice: OnConflict,
    },
    /// The newest that is not undone.
    UndoNewest {
        choice: OnConflict,
    },
    /// Any operation of the list, an undo too, counted from the newest.
    UndoThat {
        back: usize,
        choice: OnConflict,
    },
    /// The newest operation, if it is an undo.
    Redo,
}

/// How an operation is cut off.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cut {
    /// The disk fails at a call, and from then on.
    FailsFrom(u64),
    /// One call fails.
    FailsOnce(u64),
    /// The process ends at a change.
    Abort(u64),
}

/// One step of a sequence.
#[derive(Debug, Clone)]
pub(super) enum Act {
    Ask(Ask),
    Cut(Ask, Cut),
    /// The collection's content of an artifact becomes another, or goes.
    Source {
        artifact: usize,
        version: Option<u8>,
    },
    Edit(Spot, Edit),
    Resync,
    Reopen,
}

fn some_of(count: usize) -> impl Strategy<Value = Vec<usize>> {
    proptest::sample::subsequence((0..count).collect::<Vec<_>>(), 1..=count)
}

fn choice() -> impl Strategy<Value = OnConflict> {
    prop_oneof![
        3 => Just(OnConflict::Stop),
        2 => Just(OnConflict::Overwrite),
        1 => Just(OnConflict::Keep),
        1 => Just(OnConflict::Skip),
    ]
}

fn deploy() -> impl Strategy<Value = Ask> {
    (some_of(3), some_of(2), some_of(2), choice()).prop_map(|(artifacts, projects, profiles, choice)| {
        Ask::Deploy { artifacts, projects, profiles, choice }
    })
}

fn undeploy() -> impl Strategy<Value = Ask> {
    let profiles = prop_oneof![2 => Just(Vec::new()), 1 => some_of(2)];
    (some_of(3), some_of(2), profiles, any::<bool>()).prop_map(|(artifacts, projects, profiles, discard)| {
        Ask::Undeploy { artifacts, projects, profiles, discard }
    })
}

fn update() -> impl Strategy<Value = Ask> {
    (some_of(3), some_of(2), some_of(2), choice()).prop_map(|(artifacts, projects, profiles, choice)| {
        Ask::Update { artifacts, projects, profiles, choice }
    })
}

fn push() -> impl Strategy<Value = Ask> {
    (some_of(3), 0..2_usize, 0..2_usize, choice())
        .prop_map(|(artifacts, project, profile, choice)| Ask::Push { artifacts, project, profile, choice })
}

/// Both sides change, and are brought together.
pub(super) fn syncing() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        3 => deploy().prop_map(Act::Ask),
        6 => update().prop_map(Act::Ask),
        5 => push().prop_map(Act::Ask),
        3 => any_ask().prop_map(Act::Ask),
        5 => source(),
        8 => edit(),
        1 => Just(Act::Resync),
        1 => Just(Act::Reopen),
    ];
    proptest::collection::vec(act, 1..24)
}

/// Operations whose undoing, newest first, leads back to the start.
fn in_line() -> impl Strategy<Value = Ask> {
    let newest = choice().prop_map(|choice| Ask::UndoNewest { choice });
    prop_oneof![5 => deploy(), 3 => undeploy(), 2 => newest, 1 => Just(Ask::Redo)]
}

fn any_ask() -> impl Strategy<Value = Ask> {
    let that = (0..6_usize, choice()).prop_map(|(back, choice)| Ask::UndoThat { back, choice });
    prop_oneof![4 => in_line(), 1 => that]
}

fn cut() -> impl Strategy<Value = Cut> {
    prop_oneof![
        4 => (1..400_u64).prop_map(Cut::FailsFrom),
        3 => (1..400_u64).prop_map(Cut::FailsOnce),
        1 => (1..120_u64).prop_map(Cut::Abort),
    ]
}

fn source() -> impl Strategy<Value = Act> {
    let version = prop_oneof![9 => (0..7_u8).prop_map(Some), 1 => Just(None)];
    (0..3_usize, version).prop_map(|(artifact, version)| Act::Source { artifact, version })
}

fn edit() -> impl Strategy<Value = Act> {
    use Edit::{
        AddCompiled, AddFile, AddFolder, AddIgnored, Content, FolderMode, Mode, PutFile, PutFolder, PutLink,
        PutSame, RecordOther, RecordSame, RecordUnfiltered, RemoveAll, RemoveFile, RemoveFolderAbove,
    };
    let all = vec![
        Content,
        Mode,
        FolderMode,
        AddFile,
        AddFolder,
        AddIgnored,
        AddCompiled,
        RemoveFile,
        RemoveAll,
        RemoveFolderAbove,
        PutFolder,
        PutFile,
        PutLink,
        PutSame,
        RecordSame,
        RecordOther,
        RecordUnfiltered,
    ];
    (0..2_usize, 0..super::world::PLACES.len(), proptest::sample::select(all))
        .prop_map(|(project, place, edit)| Act::Edit(Spot { project, place }, edit))
}

/// Everything that can happen.
pub(super) fn anything() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        10 => any_ask().prop_map(Act::Ask),
        3 => (any_ask(), cut()).prop_map(|(ask, cut)| Act::Cut(ask, cut)),
        4 => source(),
        6 => edit(),
        1 => Just(Act::Resync),
        1 => Just(Act::Reopen),
    ];
    proptest::collection::vec(act, 1..18)
}

/// What was there before, and then only operations: nobody else touches the projects.
pub(super) fn operations() -> impl Strategy<Value = (Vec<Act>, Vec<Act>)> {
    let act = prop_oneof![
        10 => in_line().prop_map(Act::Ask),
        3 => (in_line(), cut()).prop_map(|(ask, cut)| Act::Cut(ask, cut)),
        4 => source(),
        1 => Just(Act::Reopen),
    ];
    (proptest::collection::vec(edit(), 0..5), proptest::collection::vec(act, 1..12))
}
