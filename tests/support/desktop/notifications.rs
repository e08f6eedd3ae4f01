//! A notification daemon that writes down what it is asked to show, and presses buttons.

use super::bus::Address;
use super::wait_for;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use zbus::blocking::Connection;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedValue;

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// The daemon; it goes when it is dropped.
#[derive(Debug)]
pub struct Notifications {
    bus: Connection,
    shown: Arc<Mutex<Vec<Notification>>>,
}

/// One notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// The number that its sender knows it by. One that replaces another has that one's.
    pub id: u32,
    /// The line in bold.
    pub summary: String,
    /// The text below.
    pub body: String,
    /// Its buttons: the key of each, and what people read on it.
    pub actions: Vec<(String, String)>,
}

impl Notifications {
    pub(super) fn start(address: &Address) -> Self {
        let shown = Arc::default();
        let daemon = Daemon { shown: Arc::clone(&shown), last: 0 };
        let bus = address
            .builder()
            .serve_at(PATH, daemon)
            .and_then(|builder| builder.name(NAME))
            .and_then(zbus::blocking::connection::Builder::build)
            .expect("a notification daemon");
        Self { bus, shown }
    }

    /// Everything that was shown so far, in order.
    pub fn shown(&self) -> Vec<Notification> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits for the first one whose summary or body contains `part`.
    #[track_caller]
    pub fn wait(&self, part: &str) -> Notification {
        wait_for(&format!("a notification with “{part}”; there are {:?}", self.shown()), || {
            self.shown().into_iter().find(|one| one.summary.contains(part) || one.body.contains(part))
        })
    }

    /// Presses the button that people read as `label`. The notification closes, as it does on a real desktop.
    ///
    /// # Panics
    /// When it has no such button.
    #[track_caller]
    pub fn press(&self, notification: &Notification, label: &str) {
        let found = notification.actions.iter().find(|(_, text)| text == label);
        let (key, _) = found.unwrap_or_else(|| panic!("no “{label}” on {notification:?}"));
        let object = self.bus.object_server().interface::<_, Daemon>(PATH).expect("the daemon");
        let emitter = object.signal_emitter();
        zbus::block_on(async {
            Daemon::action_invoked(emitter, notification.id, key).await?;
            Daemon::notification_closed(emitter, notification.id, DISMISSED).await
        })
        .expect("told");
    }
}

/// Why a notification was closed, by the protocol: a person did it, or its sender.
const DISMISSED: u32 = 2;
const WITHDRAWN: u32 = 3;

struct Daemon {
    shown: Arc<Mutex<Vec<Notification>>>,
    last: u32,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Daemon {
    #[allow(clippy::too_many_arguments, reason = "the protocol's")]
    fn notify(
        &mut self,
        _app: &str,
        replaces: u32,
        _icon: &str,
        summary: String,
        body: String,
        actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _timeout: i32,
    ) -> u32 {
        let id = if replaces == 0 { self.last + 1 } else { replaces };
        self.last = self.last.max(id);
        let mut words = actions.into_iter();
        let actions = std::iter::from_fn(|| Some((words.next()?, words.next()?))).collect();
        let shown = Notification { id, summary, body, actions };
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).push(shown);
        id
    }

    async fn close_notification(
        &self,
        id: u32,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> zbus::fdo::Result<()> {
        Ok(Self::notification_closed(&emitter, id, WITHDRAWN).await?)
    }

    fn get_capabilities(&self) -> Vec<&'static str> {
        vec!["body", "actions"]
    }

    /// Name, maker and version of this daemon, and the version of the protocol.
    fn get_server_information(&self) -> (&'static str, &'static str, &'static str, &'static str) {
        ("skillmeat-tests", "SkillMeat", "1", "1.2")
    }

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, action_key: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn notification_closed(emitter: &SignalEmitter<'_>, id: u32, reason: u32) -> zbus::Result<()>;
}
