//! The open window, as a person sees and uses it.

use super::process::answer;
use super::session::Session;
use super::{Desktop, screenshots, test_name, wait_for, wait_until};
use fantoccini::Locator;
use fantoccini::elements::Element;
use serde_json::Value;
use std::path::PathBuf;

/// The title by which the window manager knows it.
const TITLE: &str = "SkillMeat";
const EXACT_TITLE: &str = "^SkillMeat$";

/// The app's window. Places are named by CSS selectors; [`Window::id`] makes one from a `data-testid`.
#[derive(Debug)]
pub struct Window<'d> {
    pub(super) desktop: &'d Desktop,
    session: Session,
}

impl<'d> Window<'d> {
    pub(super) fn over(desktop: &'d Desktop, session: Session) -> Self {
        Self { desktop, session }
    }

    /// The selector of a `data-testid`.
    pub fn id(name: &str) -> String {
        format!("[data-testid=\"{name}\"]")
    }

    /// The selector of an artifact's row.
    pub fn row(artifact: &str) -> String {
        format!("[data-testid=\"artifact-row\"][data-id=\"{artifact}\"]")
    }

    /// Waits until the window shows `state`: `ready`, `first-run`, `error`.
    #[track_caller]
    pub fn wait_state(&self, state: &str) {
        self.wait_shown(&format!("[data-testid=\"app\"][data-state=\"{state}\"]"));
    }

    /// Waits until something can be seen.
    #[track_caller]
    pub fn wait_shown(&self, selector: &str) {
        wait_until(selector, || self.is_shown(selector));
    }

    /// Waits until nothing like it can be seen.
    #[track_caller]
    pub fn wait_gone(&self, selector: &str) {
        wait_until(&format!("{selector} to go"), || !self.is_shown(selector));
    }

    /// Whether something can be seen now.
    pub fn is_shown(&self, selector: &str) -> bool {
        self.script("return arguments[0].some((e) => e.checkVisibility());", selector) == Value::Bool(true)
    }

    /// How many there are now.
    ///
    /// # Panics
    /// When the window does not answer.
    pub fn count(&self, selector: &str) -> u64 {
        self.script("return arguments[0].length;", selector).as_u64().expect("a number")
    }

    /// The text of the first, once there is one.
    #[track_caller]
    pub fn text(&self, selector: &str) -> String {
        self.wait_shown(selector);
        let text = self.script("return arguments[0][0]?.innerText ?? '';", selector);
        text.as_str().unwrap_or_default().to_owned()
    }

    /// One attribute of every element, in order.
    pub fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        let script = format!("return arguments[0].map((e) => e.getAttribute('{name}') ?? '');");
        let found = self.script(&script, selector);
        found.as_array().into_iter().flatten().filter_map(|value| value.as_str().map(str::to_owned)).collect()
    }

    /// Waits until the text of the first contains `part`.
    #[track_caller]
    pub fn wait_text(&self, selector: &str, part: &str) {
        wait_until(&format!("“{part}” in {selector}"), || self.text(selector).contains(part));
    }

    /// Clicks the first, once it can be seen and is enabled.
    #[track_caller]
    pub fn click(&self, selector: &str) {
        self.act(selector, "be clicked", |element| async move { element.click().await });
    }

    /// Types into the first, after what is there.
    #[track_caller]
    pub fn type_into(&self, selector: &str, text: &str) {
        self.act(selector, "take text", |element| async move { element.send_keys(text).await });
    }

    /// Empties the first.
    #[track_caller]
    pub fn clear(&self, selector: &str) {
        self.act(selector, "be emptied", |element| async move { element.clear().await });
    }

    /// A redraw may replace an element between finding and using it, so both are tried again together.
    #[track_caller]
    fn act<F>(&self, selector: &str, what: &str, act: impl Fn(Element) -> F)
    where
        F: Future<Output = Result<(), fantoccini::error::CmdError>>,
    {
        let act = &act;
        wait_for(&format!("{selector} to {what}"), || {
            self.session.with(|client| async move {
                let element = client.find(Locator::Css(selector)).await.ok()?;
                let usable = element.is_displayed().await.ok()? && element.is_enabled().await.ok()?;
                if usable { act(element).await.ok() } else { None }
            })
        });
    }

    /// Presses keys in the window as a keyboard does: `ctrl+k`, `Escape`, `slash`.
    #[track_caller]
    pub fn press(&self, keys: &str) {
        let arguments = ["search", "--onlyvisible", "--name", EXACT_TITLE, "windowfocus", "key", keys];
        let pressed = answer(self.desktop.command("xdotool").args(arguments));
        assert!(pressed.is_some(), "no window {TITLE} to press {keys} in");
    }

    /// Drags the first of `from` with the mouse to the upper edge of the first of `to`, and lets go.
    #[track_caller]
    pub fn drag(&self, from: &str, to: &str) {
        self.wait_still();
        let place = |selector: &str, part: &str| {
            let body = format!(
                "const at = arguments[0][0].getBoundingClientRect();\
                 return `${{Math.round(at.x + at.width / 2)}} ${{Math.round(at.y + at.height * {part})}}`;"
            );
            let place = self.script(&body, selector);
            let place = place.as_str().unwrap_or_else(|| panic!("no {selector}")).to_owned();
            place.split(' ').map(|number| number.parse().expect("a number")).collect::<Vec<i64>>()
        };
        let (from, to) = (place(from, "0.5"), place(to, "0.1"));
        let mut steps = vec![format!("search --onlyvisible --name {EXACT_TITLE}")];
        let at = |part: i64| {
            (0..2).map(|axis| from[axis] + (to[axis] - from[axis]) * part / 10).collect::<Vec<_>>()
        };
        for part in 0..=10 {
            let at = at(part);
            steps.push(format!("mousemove --window %1 {} {} sleep 0.03", at[0], at[1]));
            match part {
                0 => steps.push("mousedown 1".to_owned()),
                10 => steps.push("mouseup 1".to_owned()),
                _ => {}
            }
        }
        let arguments = steps.join(" ");
        let dragged = answer(self.desktop.command("xdotool").args(arguments.split(' ')));
        assert!(dragged.is_some(), "no window {TITLE} to drag in");
    }

    /// Runs `body` with the elements of `selector` as `arguments[0]`.
    #[track_caller]
    pub fn script(&self, body: &str, selector: &str) -> Value {
        let script = format!(
            "return ((...arguments) => {{ {body} }})(Array.from(document.querySelectorAll(arguments[0])));"
        );
        let arguments = vec![Value::String(selector.to_owned())];
        self.session
            .with(|client| async move { client.execute(&script, arguments).await })
            .unwrap_or_else(|error| panic!("{selector}: {error}\n{}", self.session.printed()))
    }

    /// Runs a script that ends by calling its last argument.
    #[track_caller]
    pub fn script_async(&self, script: &str) -> Value {
        self.session
            .with(|client| async move { client.execute_async(script, Vec::new()).await })
            .unwrap_or_else(|error| panic!("{error}\n{}", self.session.printed()))
    }

    /// Makes it this large, in pixels.
    #[track_caller]
    pub fn resize(&self, width: u32, height: u32) {
        let size = format!("0,-1,-1,{width},{height}");
        let done = answer(self.desktop.command("wmctrl").args(["-F", "-r", TITLE, "-e", &size]));
        assert!(done.is_some(), "no window {TITLE} to resize");
        wait_until("the new size", || {
            self.script("return innerWidth;", "html").as_u64() == Some(u64::from(width))
        });
    }

    /// Waits until nothing moves any more: a picture or a measurement in the middle of a transition says nothing.
    #[track_caller]
    pub fn wait_still(&self) {
        let still = "return document.getAnimations().every((a) => a.playState !== 'running');";
        wait_until("the window to come to rest", || self.script(still, "html") == Value::Bool(true));
    }

    /// What is in the window, as `target/e2e-screenshots/<name>.png`. Taken from the screen: the driver's own way
    /// waits for a frame that a still page never draws.
    #[track_caller]
    pub fn screenshot(&self, name: &str) -> PathBuf {
        self.wait_still();
        let found =
            answer(self.desktop.command("xdotool").args(["search", "--onlyvisible", "--name", EXACT_TITLE]));
        let id = found.and_then(|ids| ids.lines().next().map(str::to_owned)).expect("the window's number");
        self.desktop.picture_of(&id, name)
    }

    /// What axe finds wrong: one line for each rule, with the places.
    ///
    /// # Panics
    /// When axe is not installed (`npm ci` in `ui/`) or cannot run.
    #[track_caller]
    pub fn accessibility_problems(&self) -> Vec<String> {
        self.wait_still();
        let axe = crate::repository().join("ui/node_modules/axe-core/axe.min.js");
        let axe = std::fs::read_to_string(&axe).unwrap_or_else(|error| panic!("{}: {error}", axe.display()));
        self.script(&format!("{axe}; window.axe = axe; return true;"), "html");
        let found = self.script_async(
            "const done = arguments[arguments.length - 1];\
             axe.run(document, { resultTypes: ['violations'] }).then(\
               (r) => done(r.violations.map((v) => `${v.id}: ${v.help}: ` + v.nodes.map((n) => n.html).join(' | '))),\
               (error) => done(['axe failed: ' + error]));",
        );
        let found = found.as_array().expect("a list").iter();
        found.filter_map(|problem| problem.as_str().map(str::to_owned)).collect()
    }

    /// Closes it as the window manager's button does, and waits until the app has quit.
    #[track_caller]
    pub fn close(self) {
        let done = answer(self.desktop.command("wmctrl").args(["-F", "-c", TITLE]));
        assert!(done.is_some(), "no window {TITLE} to close");
        self.desktop.wait_until_quit();
    }

    /// Closes it as the window manager's button does, where the app goes on without it, and waits until it is hidden.
    #[track_caller]
    pub fn close_to_tray(&self) {
        let done = answer(self.desktop.command("wmctrl").args(["-F", "-c", TITLE]));
        assert!(done.is_some(), "no window {TITLE} to close");
        wait_until("the window to be hidden", || !self.is_on_screen());
    }

    /// Whether it is on the screen, in front or behind others.
    pub fn is_on_screen(&self) -> bool {
        let arguments = ["search", "--onlyvisible", "--name", EXACT_TITLE];
        answer(self.desktop.command("xdotool").args(arguments)).is_some_and(|ids| !ids.is_empty())
    }

    /// Waits until it is on the screen.
    #[track_caller]
    pub fn wait_on_screen(&self) {
        wait_until("the window on the screen", || self.is_on_screen());
    }

    /// Ends the app by a signal, `TERM` or `KILL`, and waits until it is gone.
    #[track_caller]
    pub fn end(self, signal: &str) {
        let arguments = ["search", "--onlyvisible", "--name", EXACT_TITLE, "getwindowpid"];
        let process = answer(self.desktop.command("xdotool").args(arguments)).expect("the app's process");
        let done = answer(self.desktop.command("kill").args(["-s", signal, &process]));
        assert!(done.is_some(), "no process {process} to end");
        self.desktop.wait_until_quit();
    }
}

impl Drop for Window<'_> {
    #[allow(clippy::print_stderr, reason = "evidence for whoever reads the failure")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            let file = screenshots().join(format!("{}-failed.png", test_name()));
            let _ = answer(self.desktop.command("import").args(["-window", "root"]).arg(&file));
            eprintln!("the screen: {}\nthe app printed:\n{}", file.display(), self.session.printed());
        }
    }
}
