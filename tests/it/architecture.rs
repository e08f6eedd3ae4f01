//! Rules about the sources themselves, kept by looking at them.

mod dependencies;
mod layers;
mod shape;
mod source;
mod systems;
