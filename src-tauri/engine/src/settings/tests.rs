//! The settings, read and written on a real disk.

use super::*;
use crate::error::Code;
use rstest::rstest;
use std::fs;

fn home(ours: &str, shared: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("desktop")).unwrap();
    for (rel, text) in [(OURS, ours), (SHARED, shared)] {
        if !text.is_empty() {
            fs::write(home.path().join(rel), text).unwrap();
        }
    }
    home
}

fn content(home: &tempfile::TempDir, rel: &str) -> String {
    fs::read_to_string(home.path().join(rel)).unwrap_or_default()
}

fn patch(theme: Option<Theme>, editor: Option<&str>, collection: Option<&str>) -> SettingsPatch {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    SettingsPatch {
        theme,
        editor: owned(editor),
        default_collection: owned(collection),
        ..SettingsPatch::default()
    }
}

#[test]
fn without_files_the_defaults_are_in_force_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let settings = read(&home).unwrap();
    assert_eq!((settings.theme, settings.editor.as_deref()), (Theme::System, None));
    assert_eq!(settings.default_collection, "default");
    assert_eq!(update(&home, &SettingsPatch::default()).unwrap(), settings);
    assert!(!home.exists());
}

#[test]
fn a_change_is_written_to_the_file_it_belongs_to() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let changed = update(&home, &patch(Some(Theme::Dark), Some(" code -w "), Some("work"))).unwrap();
    assert_eq!(changed, read(&home).unwrap());
    assert_eq!(fs::read_to_string(home.join(OURS)).unwrap(), "theme = \"dark\"\neditor = \"code -w\"\n");
    assert_eq!(fs::read_to_string(home.join(SHARED)).unwrap(), "[settings]\ndefault-collection = \"work\"\n");
    assert_eq!(update(&home, &patch(None, Some(""), None)).unwrap().editor, None);
    assert_eq!(fs::read_to_string(home.join(OURS)).unwrap(), "theme = \"dark\"\n");
}

#[test]
fn everything_foreign_survives() {
    let shared = "# mine\nactive_collection = \"x\"\n\n[settings] # s\n\"default-collection\" = \"a\" # why\n\
                  github-token = \"t\"\n\n[analytics]\nenabled = true\n";
    let home = home("# top\ntheme   =   'dark'   # night\nzoom = 1.5\n", shared);
    update(home.path(), &patch(Some(Theme::Light), None, Some("b"))).unwrap();
    assert_eq!(content(&home, OURS), "# top\ntheme   =   \"light\"   # night\nzoom = 1.5\n");
    assert_eq!(content(&home, SHARED), shared.replace("\"a\" # why", "\"b\" # why"));
}

#[test]
fn closing_ends_the_program_until_somebody_wants_it_otherwise() {
    let home = home("zoom = 1\n", "");
    let manners =
        |settings: Settings| (settings.close_to_tray, settings.close_explained, settings.start_hidden);
    assert_eq!(manners(read(home.path()).unwrap()), (false, false, false));
    let on = SettingsPatch { close_to_tray: Some(true), start_hidden: Some(true), ..Default::default() };
    assert_eq!(manners(update(home.path(), &on).unwrap()), (true, false, true));
    let told = SettingsPatch { close_explained: Some(true), start_hidden: Some(false), ..Default::default() };
    assert_eq!(manners(update(home.path(), &told).unwrap()), (true, true, false));
    assert_eq!(
        content(&home, OURS),
        "zoom = 1\nclose_to_tray = true\nstart_hidden = false\nclose_explained = true\n"
    );
}

#[rstest]
#[case("close_to_tray = \"yes\"\n", "")]
#[case("start_hidden = 1\n", "")]
#[case("theme = \"blue\"\n", "")]
#[case("theme = 3\n", "")]
#[case("editor = [\"vi\"]\n", "")]
#[case("theme = \n", "")]
#[case("", "[settings\n")]
#[case("", "settings = 3\n")]
#[case("", "[settings]\ndefault-collection = 3\n")]
fn what_cannot_be_read_is_refused_and_left_alone(#[case] ours: &str, #[case] shared: &str) {
    let home = home(ours, shared);
    assert_eq!(read(home.path()).unwrap_err().code(), Code::ConfigInvalid);
    let both =
        if ours.is_empty() { patch(Some(Theme::Dark), None, None) } else { patch(None, None, Some("b")) };
    assert_eq!(update(home.path(), &both).unwrap_err().code(), Code::ConfigInvalid);
    assert_eq!((content(&home, OURS).as_str(), content(&home, SHARED).as_str()), (ours, shared));
}

#[test]
fn a_setting_that_is_wrong_can_be_set_right() {
    let home = home("theme = \"blue\"\n", "");
    assert_eq!(update(home.path(), &patch(Some(Theme::Dark), None, None)).unwrap().theme, Theme::Dark);
}

#[test]
fn a_reason_names_the_place_in_one_line() {
    let home = home("theme = \"dark\"\neditor = \n", "");
    let problem = read(home.path()).unwrap_err().to_problem();
    assert!(
        problem.message.contains("(line 2, column") && !problem.message.contains('\n'),
        "{}",
        problem.message
    );
    assert!(problem.subject.unwrap().ends_with(OURS));
}

#[cfg(unix)]
#[test]
fn a_linked_file_is_not_replaced() {
    let home = home("zoom = 1\n", "");
    fs::rename(home.path().join(OURS), home.path().join("desktop/real.toml")).unwrap();
    std::os::unix::fs::symlink("real.toml", home.path().join(OURS)).unwrap();
    let error = update(home.path(), &patch(Some(Theme::Dark), None, None)).unwrap_err();
    assert_eq!(error.code(), Code::ConfigInvalid);
    assert_eq!(content(&home, "desktop/real.toml"), "zoom = 1\n");
}

#[test]
fn what_becomes_empty_is_not_a_file_that_was_cut_off() {
    let home = home("theme = \"dark\"\n", "");
    let mut file = File::read(home.path(), OURS).unwrap();
    file.set_text(None, "theme", None).unwrap();
    file.save().unwrap();
    assert_eq!(read(home.path()).unwrap().theme, Theme::System);
    fs::write(home.path().join(OURS), "").unwrap();
    assert_eq!(read(home.path()).unwrap_err().code(), Code::ConfigInvalid);
}

#[test]
fn a_default_collection_needs_a_usable_name() {
    let home = home("", "");
    for name in ["", "../x", "a/b"] {
        let error = update(home.path(), &patch(None, None, Some(name))).unwrap_err();
        assert_eq!(error.code(), Code::InvalidName, "{name}");
    }
}
