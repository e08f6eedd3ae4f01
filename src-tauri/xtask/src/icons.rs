//! `cargo xtask icons`: every picture in `src-tauri/icons`, rendered from the drawings beside them.

use crate::step::Step;
use crate::{Failure, place, system};
use std::path::PathBuf;

/// A picture: its name without ending, its edge in pixels, and the drawing that is right at that size.
const PICTURES: &[(&str, u32, &str)] = &[
    ("16x16", 16, "icon-16"),
    ("22x22", 22, "icon-32"),
    ("24x24", 24, "icon-32"),
    ("32x32", 32, "icon-32"),
    ("48x48", 48, "icon"),
    ("64x64", 64, "icon"),
    ("128x128", 128, "icon"),
    ("128x128@2x", 256, "icon"),
    ("icon", 512, "icon"),
    ("tray", 48, "tray"),
    ("tray-attention", 48, "tray-attention"),
    ("tray-template", 44, "symbolic"),
];

/// What Windows chooses from, smallest first.
const ICO: &[&str] = &["16x16", "24x24", "32x32", "48x48", "64x64", "128x128@2x"];

/// What macOS chooses from: the type that stands for a size there, its edge in pixels, and the drawing.
/// From Apple's Icon Composer; each holds a PNG.
const ICNS: &[(&[u8; 4], u32, &str)] = &[
    (b"icp4", 16, "icon-16"),
    (b"icp5", 32, "icon-32"),
    (b"ic11", 32, "icon-32"),
    (b"ic12", 64, "icon"),
    (b"ic07", 128, "icon"),
    (b"ic13", 256, "icon"),
    (b"ic08", 256, "icon"),
    (b"ic14", 512, "icon"),
    (b"ic09", 512, "icon"),
    (b"ic10", 1024, "icon"),
];

/// Renders them all.
pub(crate) fn icons() -> Result<(), Failure> {
    system::ensure_icons()?;
    for (name, edge, drawing) in PICTURES {
        render(drawing, *edge, &folder().join(format!("{name}.png")))?;
    }
    let pictures: Vec<String> = ICO.iter().map(|name| format!("{name}.png")).collect();
    Step::new("ico", "Icon of Windows", &format!("convert {} -strip icon.ico", pictures.join(" ")))
        .inside(&folder())
        .run()?;
    let mut parts = Vec::new();
    for (kind, edge, drawing) in ICNS {
        let file = place::target().join("icon-part.png");
        render(drawing, *edge, &file)?;
        parts.push((**kind, std::fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?));
    }
    let file = folder().join("icon.icns");
    std::fs::write(&file, icns(&parts)).map_err(|error| format!("{}: {error}", file.display()))
}

fn folder() -> PathBuf {
    place::root().join("src-tauri/icons")
}

fn render(drawing: &str, edge: u32, file: &std::path::Path) -> Result<(), Failure> {
    let line =
        format!("rsvg-convert --width {edge} --height {edge} {drawing}.svg --output {}", file.display());
    Step::new("icon", "Picture", &line).inside(&folder()).run()
}

/// Apple's icon file: `icns`, the length of all, then type, length and picture of each; lengths count themselves.
fn icns(parts: &[([u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut body = Vec::new();
    for (kind, picture) in parts {
        body.extend_from_slice(kind);
        body.extend_from_slice(&length(picture.len()));
        body.extend_from_slice(picture);
    }
    [b"icns".as_slice(), &length(body.len()), &body].concat()
}

fn length(content: usize) -> [u8; 4] {
    u32::try_from(content + 8).unwrap_or(u32::MAX).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_in_an_icon_file_count_their_own_heads() {
        let file = icns(&[(*b"ic07", vec![1, 2, 3])]);
        assert_eq!(file, b"icns\0\0\0\x13ic07\0\0\0\x0b\x01\x02\x03");
    }

    /// Width and height are the fifth and sixth four bytes of a PNG.
    #[test]
    fn every_picture_is_there_in_its_size() {
        for (name, edge, drawing) in PICTURES {
            let picture = std::fs::read(folder().join(format!("{name}.png"))).unwrap();
            let size = [edge.to_be_bytes(), edge.to_be_bytes()].concat();
            assert_eq!(picture[16..24], size, "{name}.png");
            assert!(folder().join(format!("{drawing}.svg")).is_file(), "{drawing}.svg");
        }
    }
}
