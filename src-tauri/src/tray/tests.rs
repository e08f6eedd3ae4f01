use super::*;
use crate::tests::{options, started};
use skillmeat_engine::feed::Origin;
use skillmeat_engine::settings::Pin;
use std::path::Path;
use std::time::Instant;
use tauri::test::MockRuntime;

fn until(what: impl Fn() -> bool) {
    let began = Instant::now();
    while !what() {
        assert!(began.elapsed() < Duration::from_secs(20), "waited in vain");
        thread::sleep(Duration::from_millis(20));
    }
}

fn home(folder: &Path) -> std::path::PathBuf {
    let home = folder.join("home");
    let skill = home.join("collections/default/skills/review");
    std::fs::create_dir_all(&skill).unwrap();
    std::fs::write(skill.join("SKILL.md"), "---\nname: review\ndescription: d\n---\n").unwrap();
    std::fs::create_dir(folder.join("api")).unwrap();
    home
}

fn deploy(project: &Path) -> Action {
    let what = Pin::Artifact { collection: "default".to_owned(), artifact_id: "skill:review".to_owned() };
    Action::Deploy { project: project.to_str().unwrap().to_owned(), what }
}

fn waiting(app: &tauri::App<MockRuntime>) -> Vec<Open> {
    app.state::<open::Waiting>().peek()
}

#[test]
fn a_click_is_done_behind_the_window() {
    let folder = tempfile::tempdir().unwrap();
    let app = started(Ok(options(&home(folder.path()))));
    let project = folder.path().canonicalize().unwrap().join("api");
    let skill = project.join(".claude/skills/review/SKILL.md");
    dispatch(app.handle(), deploy(&project));
    until(|| project.join(".claude/.skillmeat-deployed.toml").exists() && skill.exists());
    // What stands in the way is not touched, and the window is asked to show the plan.
    until(|| {
        std::fs::write(&skill, "edited").unwrap();
        dispatch(app.handle(), deploy(&project));
        thread::sleep(Duration::from_millis(300));
        waiting(&app).iter().any(|open| matches!(open, Open::Plan { .. }))
    });
    assert_eq!(std::fs::read_to_string(&skill).unwrap(), "edited");
}

#[test]
fn what_only_shows_something_asks_the_window() {
    let folder = tempfile::tempdir().unwrap();
    let app = started(Ok(options(&home(folder.path()))));
    dispatch(app.handle(), Action::More { project: Some("/p".to_owned()) });
    dispatch(app.handle(), Action::More { project: None });
    dispatch(app.handle(), Action::Attention { project: None });
    let project = Open::Project { path: "/p".to_owned() };
    assert_eq!(waiting(&app), [project, Open::Manage, Open::Attention { project: None }]);
}

#[test]
fn the_menu_follows_what_happens_and_stays_while_nothing_does() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Arc::new(Engine::open(options(&home(folder.path()))).unwrap());
    engine.resync(Origin::Startup).unwrap();
    let (feed, weak) = (engine.subscribe(), Arc::downgrade(&engine));
    let (tell, menus) = std::sync::mpsc::channel();
    let follower = thread::spawn(move || keep_current(&feed, &weak, |shown| tell.send(shown).unwrap()));
    let next = || menus.recv_timeout(Duration::from_secs(20)).unwrap();
    let first = next();
    assert!(!first.attention);
    engine.add_project(folder.path().join("api").to_str().unwrap()).unwrap();
    assert_ne!(next().items, first.items);
    // The same once more is nothing new.
    engine.update_settings(&skillmeat_engine::settings::SettingsPatch::default()).unwrap();
    assert!(menus.recv_timeout(Duration::from_millis(600)).is_err());
    drop(engine);
    follower.join().unwrap();
}
