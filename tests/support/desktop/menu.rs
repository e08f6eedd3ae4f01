//! A menu as a panel sees it: `com.canonical.dbusmenu`, asked and clicked over the bus.

use std::collections::HashMap;
use std::fmt;
use zbus::blocking::{Connection, Proxy};
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

/// One entry of a menu with those below it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MenuItem {
    /// The number by which it is clicked; it may be another one after the menu has changed.
    id: i32,
    /// What a person reads. Mnemonics are not marked: `_Open` is `Open`.
    pub label: String,
    /// Whether it can be clicked.
    pub enabled: bool,
    /// Of an entry that is switched on and off: whether it is on.
    pub checked: Option<bool>,
    /// A line between entries.
    pub separator: bool,
    /// What is below it, in order. What is hidden is left out.
    pub items: Vec<MenuItem>,
}

impl MenuItem {
    /// What people read on the entries directly below, in order and without lines.
    pub fn labels(&self) -> Vec<&str> {
        self.items.iter().filter(|item| !item.separator).map(|item| item.label.as_str()).collect()
    }

    /// The entry at the end of a way of labels.
    pub fn at(&self, way: &[&str]) -> Option<&MenuItem> {
        way.iter().try_fold(self, |at, label| at.items.iter().find(|item| item.label == *label))
    }
}

/// As a drawing in text: one line for each entry, those below it further in.
impl fmt::Display for MenuItem {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn write(item: &MenuItem, depth: usize, to: &mut fmt::Formatter<'_>) -> fmt::Result {
            let mark = match item.checked {
                Some(true) => "[x] ",
                Some(false) => "[ ] ",
                None => "",
            };
            let label = if item.separator { "────" } else { &item.label };
            let off = if item.enabled || item.separator { "" } else { "  (off)" };
            writeln!(to, "{:indent$}{mark}{label}{off}", "", indent = depth * 4)?;
            item.items.iter().try_for_each(|item| write(item, depth + 1, to))
        }
        self.items.iter().try_for_each(|item| write(item, 0, to))
    }
}

/// One underscore marks the letter that is pressed; two are one that is read.
fn without_mnemonic(label: &str) -> String {
    let mut letters = label.chars();
    let mut text = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            '_' => text.extend(letters.next()),
            letter => text.push(letter),
        }
    }
    text
}

/// The menu of one program.
#[derive(Debug)]
pub(super) struct Menu {
    proxy: Proxy<'static>,
}

impl Menu {
    /// That of program `name` at `path`.
    pub(super) fn of(bus: &Connection, name: String, path: OwnedObjectPath) -> zbus::Result<Self> {
        Ok(Self { proxy: Proxy::new(bus, name, path, "com.canonical.dbusmenu")? })
    }

    /// The whole menu, as it is now.
    pub(super) fn read(&self) -> zbus::Result<MenuItem> {
        // A panel says so before it shows one. Whether anything is new then is seen by asking.
        let _: bool = self.proxy.call("AboutToShow", &(0_i32,))?;
        let everything = (0_i32, -1_i32, Vec::<&str>::new());
        let (_, (id, properties, below)): (u32, Layout) = self.proxy.call("GetLayout", &everything)?;
        let properties = properties.iter().map(|(name, value)| (name.as_str(), &**value)).collect();
        let below: Vec<&Value<'_>> = below.iter().map(|value| &**value).collect();
        Ok(entry(id, &properties, &below).unwrap_or_default())
    }

    /// Clicks an entry of what was read.
    pub(super) fn click(&self, item: &MenuItem) -> zbus::Result<()> {
        self.proxy.call("Event", &(item.id, "clicked", Value::from(0_i32), 0_u32))
    }
}

/// An entry on the bus: its number, what it says about itself, and those below it as variants of the same.
type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

/// The entry, unless it is hidden. What it does not say about itself is true by the protocol.
fn entry(id: i32, properties: &HashMap<&str, &Value<'_>>, below: &[&Value<'_>]) -> Option<MenuItem> {
    let text = |name: &str| match properties.get(name) {
        Some(Value::Str(text)) => text.as_str(),
        _ => "",
    };
    let truth = |name: &str| !matches!(properties.get(name), Some(Value::Bool(false)));
    let on = matches!(properties.get("toggle-state"), Some(Value::I32(1)));
    truth("visible").then(|| MenuItem {
        id,
        label: without_mnemonic(text("label")),
        enabled: truth("enabled"),
        checked: (!text("toggle-type").is_empty()).then_some(on),
        separator: text("type") == "separator",
        items: below.iter().filter_map(|value| packed(value)).collect(),
    })
}

/// The entry in a variant.
fn packed(value: &Value<'_>) -> Option<MenuItem> {
    match value {
        Value::Value(inner) => packed(inner),
        Value::Structure(structure) => {
            let [Value::I32(id), Value::Dict(said), Value::Array(below)] = structure.fields() else {
                panic!("no entry of a menu: {structure:?}");
            };
            let said: HashMap<&str, &Value<'_>> = said
                .iter()
                .filter_map(|(name, value)| match (name, value) {
                    (Value::Str(name), Value::Value(value)) => Some((name.as_str(), &**value)),
                    _ => None,
                })
                .collect();
            entry(*id, &said, &below.iter().collect::<Vec<_>>())
        }
        other => panic!("no entry of a menu: {other:?}"),
    }
}
