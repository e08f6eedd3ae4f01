use super::System::{Linux, MacOs, Windows};
use super::*;
use crate::path::{file_name_refusal, folded};
use rstest::rstest;

#[rstest]
#[case("/home/me/app", [true, true, false])]
#[case("C:/Users/me", [false, false, true])]
#[case(r"c:\Users\me", [false, false, true])]
#[case("C:", [false, false, false])]
#[case("C:app", [false, false, false])]
#[case(r"\Users\me", [false, false, false])]
#[case("app", [false, false, false])]
#[case("~/app", [false, false, false])]
#[case("", [false, false, false])]
#[case("é:/x", [false, false, false])]
fn what_is_absolute(#[case] path: &str, #[case] want: [bool; 3]) {
    assert_eq!(System::ALL.map(|system| system.is_absolute(path)), want);
}

#[rstest]
#[case("/", [true, true, false])]
#[case("//", [true, true, false])]
#[case("C:/", [false, false, true])]
#[case(r"c:\", [false, false, true])]
#[case("C:", [false, false, false])]
#[case("/a", [false, false, false])]
#[case("C:/a", [false, false, false])]
#[case("", [false, false, false])]
fn what_is_the_root_of_a_file_system(#[case] path: &str, #[case] want: [bool; 3]) {
    assert_eq!(System::ALL.map(|system| system.is_root(path)), want);
}

#[rstest]
#[case("/a/b/", ["/a/b", "/a/b", "/a/b"])]
#[case("/", ["/", "/", "/"])]
#[case("C:/", ["C:", "C:", "C:/"])]
#[case("C:/a//", ["C:/a", "C:/a", "C:/a"])]
#[case("C:", ["C:", "C:", "C:"])]
#[case(r"C:\a\", [r"C:\a\", r"C:\a\", "C:/a"])]
#[case(r"/a\", [r"/a\", r"/a\", "/a"])]
#[case("", ["", "", ""])]
fn how_a_path_that_somebody_gave_is_kept(#[case] path: &str, #[case] want: [&str; 3]) {
    assert_eq!(System::ALL.map(|system| system.kept(path)), want.map(str::to_owned));
}

#[rstest]
#[case(r"\\?\C:\Users\me\app", Ok("C:/Users/me/app"))]
#[case(r"C:\Users\me\app", Ok("C:/Users/me/app"))]
#[case(r"\\?\C:\", Ok("C:/"))]
#[case(r"\\?\UNC\server\share\app", Err("network share"))]
#[case(r"\\server\share\app", Err("network share"))]
#[case(r"\\?\Volume{b75e2c83-0000-0000-0000-602f00000000}\app", Err("no drive"))]
#[case(r"\\?\C:\work\con\app", Err("for a device"))]
#[case(r"\\?\C:\work\app.", Err("for a device"))]
fn the_canonical_path_of_a_folder_on_windows(#[case] path: &str, #[case] want: Result<&str, &str>) {
    match (Windows.canonical(path), want) {
        (Ok(found), Ok(want)) => assert_eq!(found, want),
        (Err(found), Err(want)) => assert!(found.contains(want), "{found}"),
        (found, _) => panic!("{path}: {found:?}"),
    }
}

#[rstest]
#[case("/home/me/a\\b")]
#[case("/home/me/con")]
#[case("/")]
fn elsewhere_a_canonical_path_is_what_the_system_says(#[case] path: &str) {
    assert_eq!(Linux.canonical(path), Ok(path.into()));
    assert_eq!(MacOs.canonical(path), Ok(path.into()));
}

/// What Windows keeps is absolute there and stays the same when it is read again.
#[test]
fn a_kept_path_stays() {
    let kept = Windows.canonical(r"\\?\D:\Work\App").unwrap().into_owned();
    assert!(Windows.is_absolute(&kept));
    assert_eq!(Windows.canonical(&kept), Ok(kept.as_str().into()));
    assert_eq!(Windows.kept(&kept), kept);
    assert_eq!(Windows.folder_name(&kept), "App");
}

#[rstest]
#[case("/work/app", ["app"; 3])]
#[case("/work/app/", ["app"; 3])]
#[case("/", ["/"; 3])]
#[case("C:/", ["C:", "C:", "C:/"])]
#[case(r"C:\work\app", [r"C:\work\app", r"C:\work\app", "app"])]
fn the_name_of_a_folder(#[case] path: &str, #[case] want: [&str; 3]) {
    assert_eq!(System::ALL.map(|system| system.folder_name(path)), want);
}

#[test]
fn a_path_below_a_folder_has_slashes() {
    assert_eq!(Windows.join(r"C:\work", "skills/git"), "C:/work/skills/git");
    assert_eq!(Windows.join("C:/", "skills"), "C:/skills");
    assert_eq!(Linux.join("/work", "a\\b"), "/work/a\\b", "a backslash is a letter like any other");
    assert_eq!(Linux.join("/", "a"), "/a");
}

#[test]
fn the_path_in_an_address() {
    assert_eq!(Windows.of_address("/c:/work/app"), "c:/work/app");
    assert_eq!(Linux.of_address("/c:/work/app"), "/c:/work/app");
    assert_eq!(System::ALL.map(|system| system.of_address("/work/app")), ["/work/app"; 3]);
}

#[rstest]
#[case("SKILL.md", [true, true, true])]
#[case("con", [true, true, false])]
#[case("NUL.md", [true, true, false])]
#[case("a:b", [true, true, false])]
#[case("note.", [true, true, false])]
#[case("note ", [true, true, false])]
#[case("what?", [true, true, false])]
#[case("bell\u{7}", [true, true, false])]
#[case("back\\slash", [true, true, false])]
#[case("a/b", [false, false, false])]
#[case("nul\0", [false, false, false])]
#[case("..", [false, false, false])]
#[case("", [false, false, false])]
fn names_that_a_system_can_hold(#[case] name: &str, #[case] want: [bool; 3]) {
    assert_eq!(System::ALL.map(|system| system.name_refusal(name).is_none()), want);
    if want != [true; 3] && name != ".." {
        assert!(file_name_refusal(name).is_some(), "what one system cannot hold is refused on all");
    }
}

#[rstest]
#[case("Skill.md", "skill.md", [false, true, true])]
#[case("\u{fc}ben", "u\u{308}ben", [false, true, false])]
#[case("\u{dc}ben", "\u{fc}ben", [false, true, true])]
#[case("stra\u{df}e", "STRASSE", [false, true, false])]
#[case("a\u{200d}b", "ab", [false, true, false])]
#[case("sub/a", "sub\\a", [false, false, true])]
#[case("a-b", "a_b", [false, false, false])]
#[case("a", "a", [true, true, true])]
fn two_names_that_are_one(#[case] one: &str, #[case] other: &str, #[case] want: [bool; 3]) {
    assert_eq!(System::ALL.map(|system| system.compared(one) == system.compared(other)), want);
    let any = want.contains(&true) && !one.contains('/');
    assert!(!any || folded(one) == folded(other), "what is one on some system clashes on all");
}
