//! Names of groups and sets, and how they look.

use crate::error::{Error, Result, SetError};
use serde::{Deserialize, Serialize};

/// Longer names are refused, in characters.
pub(super) const MAX_NAME: usize = 255;
/// Longer icons and tags are refused, in characters.
const MAX_WORD: usize = 64;
/// Longer descriptions are refused, in characters.
const MAX_TEXT: usize = 10_000;

/// What a group or set is called and how it looks. What is missing stays as it is; an empty text, or an empty list, takes
/// away what was there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(default)]
pub struct Look {
    /// Its name; cannot be taken away.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// A colour's name (`slate`, `blue`) or `#rgb` or `#rrggbb`.
    pub color: Option<String>,
    /// An icon's name, or an emoji.
    pub icon: Option<String>,
    /// Tags, all of them; groups have none.
    pub tags: Option<Vec<String>>,
}

impl Look {
    /// The name, checked; `None` when it is to stay.
    ///
    /// # Errors
    /// `invalid-name`.
    pub(super) fn checked_name(&self) -> Result<Option<String>> {
        self.name.as_deref().map(checked_name).transpose()
    }

    /// The tags, checked; `None` when they are to stay.
    ///
    /// # Errors
    /// `invalid-name`.
    pub(super) fn checked_tags(&self) -> Result<Option<Vec<String>>> {
        let Some(wanted) = &self.tags else { return Ok(None) };
        let mut tags: Vec<String> = Vec::new();
        for tag in wanted {
            let tag = word(tag, "it is no tag")?;
            if tag.contains(',') {
                return Err(Error::InvalidName { name: tag, reason: "it has a comma in it" });
            }
            if !tag.is_empty() && !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        Ok(Some(tags))
    }

    /// Whether each part of it could be taken.
    pub fn is_fine(&self) -> bool {
        let [mut description, mut color, mut icon] = [const { None }; 3];
        self.checked_name().is_ok()
            && self.checked_tags().is_ok()
            && self.apply(&mut description, &mut color, &mut icon).is_ok()
    }

    /// Changes everything but name and tags.
    ///
    /// # Errors
    /// `invalid-name` for a colour, icon or text that is none.
    pub(super) fn apply(
        &self,
        description: &mut Option<String>,
        own_color: &mut Option<String>,
        own_icon: &mut Option<String>,
    ) -> Result<()> {
        if let Some(text) = &self.description {
            if text.chars().count() > MAX_TEXT {
                let name: String = text.chars().take(40).collect();
                return Err(Error::InvalidName {
                    name,
                    reason: "a description has at most 10000 characters",
                });
            }
            *description = kept(text.trim());
        }
        if let Some(color) = &self.color {
            let color = color.trim();
            if !color.is_empty() && !is_color(color) {
                let reason = "a colour is one of its names, or #rgb or #rrggbb";
                return Err(Error::InvalidName { name: color.to_owned(), reason });
            }
            *own_color = kept(color);
        }
        if let Some(icon) = &self.icon {
            *own_icon = kept(&word(icon, "it is no icon")?);
        }
        Ok(())
    }
}

/// Whether two names are one: people do not tell them apart by case.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// A name that is free: itself, else with ` (2)` behind it and so on; what gets too long is cut.
pub(super) fn numbered(base: &str, suffix: &str, taken: impl Fn(&str) -> bool) -> String {
    let named = |number: usize| {
        let end = match (suffix, number) {
            ("", 1) => return base.to_owned(),
            ("", number) => format!(" ({number})"),
            (suffix, 1) => format!(" ({suffix})"),
            (suffix, number) => format!(" ({suffix} {number})"),
        };
        let room = MAX_NAME.saturating_sub(end.chars().count());
        let start: String = base.chars().take(room).collect();
        format!("{}{end}", start.trim_end())
    };
    (1..).map(named).find(|name| !taken(name)).unwrap_or_default()
}

/// A name without blanks around it.
///
/// # Errors
/// `invalid-name`.
fn checked_name(name: &str) -> Result<String> {
    let trimmed = name.trim();
    let reason = if trimmed.is_empty() {
        "it is blank"
    } else if trimmed.chars().count() > MAX_NAME {
        "it is longer than 255 characters"
    } else if trimmed.chars().any(char::is_control) {
        "it has a control character in it"
    } else {
        return Ok(trimmed.to_owned());
    };
    Err(Error::InvalidName { name: name.to_owned(), reason })
}

fn word(text: &str, reason: &'static str) -> Result<String> {
    let text = text.trim();
    match text.chars().count() > MAX_WORD || text.chars().any(char::is_control) {
        true => Err(Error::InvalidName { name: text.to_owned(), reason }),
        false => Ok(text.to_owned()),
    }
}

fn kept(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn is_color(color: &str) -> bool {
    match color.strip_prefix('#') {
        Some(digits) => matches!(digits.len(), 3 | 6) && digits.bytes().all(|b| b.is_ascii_hexdigit()),
        None => color.len() <= 32 && color.bytes().all(|b| b.is_ascii_lowercase()),
    }
}

/// The name of a group or set is taken.
pub(super) fn taken(what: &'static str, name: &str) -> Error {
    SetError::Taken { what, name: name.to_owned() }.into()
}
