//! The desktop window: a thin shell that hands the engine's calls and events to the user interface.

mod background;
mod commands;
mod ipc;
mod launch;
