//! Everything that arrives from elsewhere is hostile: projects with their links and manifests, collections, artifacts.
//!
//! | file | what is attacked |
//! |---|---|
//! | `corpus`, `cases` | every attack that fits one table, through every operation |
//! | `roots` | which folders may be written in, and which may be a project or a collection |
//! | `sources` | artifacts that are no source, or change while they are copied |
//! | `swaps` | links that are swapped in between a check and its use |
//! | `names` | names that another system takes for one, or cannot hold |

mod cases;
mod corpus;
mod journal;
mod names;
mod roots;
mod sources;
mod swaps;
