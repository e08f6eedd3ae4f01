//! `skm pin` and `skm unpin`.

use crate::args::{Global, Pinned};
use crate::output::{Answer, Cell, Screen, Table};
use serde::Serialize;
use skillmeat_engine::Engine;
use skillmeat_engine::engine::{PinRequest, PinnedRow, SetRef};
use skillmeat_engine::error::Result;

#[derive(Debug, Serialize)]
struct Pins {
    pins: Vec<PinnedRow>,
}

pub(super) fn pin(screen: &Screen, engine: &Engine, global: &Global, wanted: &Pinned) -> Result<Answer> {
    let request = request(global, wanted);
    let pins = if request == PinRequest::default() { engine.pins()? } else { engine.pin(&request)? };
    Ok(told(screen, pins))
}

pub(super) fn unpin(screen: &Screen, engine: &Engine, global: &Global, wanted: &Pinned) -> Result<Answer> {
    Ok(told(screen, engine.unpin(&request(global, wanted))?))
}

fn request(global: &Global, Pinned { ids, set }: &Pinned) -> PinRequest {
    let set_ref = |name: &String| SetRef { name: name.clone(), collection: global.collection.clone() };
    PinRequest {
        artifacts: ids.iter().map(|id| global.artifact(id)).collect(),
        sets: set.iter().map(set_ref).collect(),
    }
}

/// What is pinned now.
fn told(screen: &Screen, pins: Vec<PinnedRow>) -> Answer {
    let data = Pins { pins };
    screen.answer(&data, Vec::new(), |page| {
        let mut table = Table::default();
        for row in &data.pins {
            table.row([
                Cell::plain(&row.name),
                Cell::faint(if row.missing { "missing" } else { "" }),
                Cell::faint(row.pin.collection()),
            ]);
        }
        page.table(&table, 0);
        if data.pins.is_empty() {
            page.line("Nothing is pinned. `skm pin ID` pins an artifact, `skm pin --set NAME` a set.");
        }
    })
}
