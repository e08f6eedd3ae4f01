//! TOML files of other programs, edited in place: keys, tables and comments that we do not know survive, and so do
//! byte-order mark, line endings and the spelling of values that stay.
//!
//! | file | what it does |
//! |---|---|
//! | `form` | what the editing library does not keep of a text |
//! | `tables` | a list of tables in either notation, and single keys |
//! | `listed` | a document around one list: a manifest around its records, an index around its entries |

mod form;
mod listed;
mod tables;

pub use form::{in_form_of, unmarked};
pub use listed::{Listed, Parsed};
pub use tables::{Tables, drop_key, set};
