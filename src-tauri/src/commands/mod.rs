//! What the window can ask for. A command is one call into the engine, off the main thread.

pub(crate) mod curate;
pub(crate) mod deploy;
pub(crate) mod history;
pub(crate) mod import;
pub(crate) mod library;
pub(crate) mod manners;
pub(crate) mod pins;
pub(crate) mod place;
pub(crate) mod profile;
pub(crate) mod project;
pub(crate) mod sets;
pub(crate) mod settings;
pub(crate) mod support;
pub(crate) mod update;
