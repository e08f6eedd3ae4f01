//! A panel with a place for tray icons: `org.kde.StatusNotifierWatcher`, which programs register with, and the host
//! that shows what they have.

use super::bus::Address;
use super::menu::{Menu, MenuItem};
use super::{wait_for, wait_until};
use std::sync::{Arc, Mutex, PoisonError};
use zbus::blocking::{Connection, Proxy, fdo};
use zbus::message::Header;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedObjectPath;

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const ITEM: &str = "org.kde.StatusNotifierItem";

/// The panel. Programs look for one when they start, so it is there before them, as on a person's desktop; it goes
/// when it is dropped.
#[derive(Debug)]
pub struct Tray {
    bus: Connection,
    registered: Registered,
}

/// Who has registered, in order: a name on the bus and a path there.
type Registered = Arc<Mutex<Vec<(String, String)>>>;

impl Tray {
    pub(super) fn start(address: &Address) -> Self {
        let registered = Registered::default();
        let watcher = Watcher { registered: Arc::clone(&registered) };
        let bus = address
            .builder()
            .serve_at("/StatusNotifierWatcher", watcher)
            .and_then(|builder| builder.name(WATCHER))
            .and_then(zbus::blocking::connection::Builder::build)
            .expect("a place for tray icons");
        Self { bus, registered }
    }

    /// Waits until a program has put an icon there.
    #[track_caller]
    pub fn wait_shown(&self) {
        wait_until("an icon in the tray", || self.item().is_some());
    }

    /// Waits until no program that runs has one.
    #[track_caller]
    pub fn wait_gone(&self) {
        wait_until("the tray to be empty", || self.item().is_none());
    }

    /// The icon's name or file, once there is one.
    #[track_caller]
    pub fn icon(&self) -> String {
        wait_for("the icon's name", || self.say("IconName"))
    }

    /// The icon's title, which people read beside it.
    #[track_caller]
    pub fn title(&self) -> String {
        wait_for("the icon's title", || self.say("Title"))
    }

    /// The menu as it is now, once there is one.
    #[track_caller]
    pub fn menu(&self) -> MenuItem {
        wait_for("the tray's menu", || self.read_menu())
    }

    /// Waits until the menu is as `ask` wants it.
    #[track_caller]
    pub fn wait_menu<T>(&self, what: &str, mut ask: impl FnMut(&MenuItem) -> Option<T>) -> T {
        wait_for(what, || ask(&self.read_menu()?))
    }

    /// Clicks the entry at the end of a way of labels, once it is there and can be clicked.
    ///
    /// # Panics
    /// When it never is; the menu as it was last is printed then.
    #[track_caller]
    pub fn click(&self, way: &[&str]) {
        let mut last = String::new();
        let started = std::time::Instant::now();
        while started.elapsed() < super::PATIENCE {
            // One that was replaced since it was read has a number that nobody knows; then it is read again.
            match self.find_menu().and_then(|menu| Some((menu.read().ok()?, menu))) {
                Some((root, menu)) => match root.at(way).filter(|item| item.enabled && item.items.is_empty())
                {
                    Some(item) if menu.click(item).is_ok() => return,
                    _ => last = root.to_string(),
                },
                None => last = "(no menu)".to_owned(),
            }
            std::thread::sleep(std::time::Duration::from_millis(40));
        }
        panic!("nothing to click at {way:?} in\n{last}");
    }

    fn read_menu(&self) -> Option<MenuItem> {
        self.find_menu()?.read().ok()
    }

    fn find_menu(&self) -> Option<Menu> {
        let item = self.item()?;
        let path: OwnedObjectPath = item.get_property("Menu").ok()?;
        Menu::of(&self.bus, item.destination().to_string(), path).ok()
    }

    fn say(&self, property: &str) -> Option<String> {
        self.item()?.get_property(property).ok()
    }

    /// The newest icon of a program that runs.
    fn item(&self) -> Option<Proxy<'static>> {
        let registered = self.registered.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let names = fdo::DBusProxy::new(&self.bus).ok()?;
        registered.into_iter().rev().find_map(|(name, path)| {
            let alive = names.name_has_owner(name.as_str().try_into().ok()?).ok()?;
            alive.then(|| Proxy::new(&self.bus, name, path, ITEM).ok()).flatten()
        })
    }
}

/// What programs see of the panel.
struct Watcher {
    registered: Registered,
}

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    /// `service` is a name on the bus, or a path on the connection of who asks.
    async fn register_status_notifier_item(
        &self,
        service: String,
        #[zbus(header)] header: Header<'_>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> zbus::fdo::Result<()> {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let item = match service.starts_with('/') {
            true => (sender, service),
            false => (service, "/StatusNotifierItem".to_owned()),
        };
        let told = format!("{}{}", item.0, item.1);
        self.registered.lock().unwrap_or_else(PoisonError::into_inner).push(item);
        Ok(Self::status_notifier_item_registered(&emitter, &told).await?)
    }

    async fn register_status_notifier_host(
        &self,
        _service: String,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> zbus::fdo::Result<()> {
        Ok(Self::status_notifier_host_registered(&emitter).await?)
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        let registered = self.registered.lock().unwrap_or_else(PoisonError::into_inner);
        registered.iter().map(|(name, path)| format!("{name}{path}")).collect()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(signal)]
    async fn status_notifier_item_registered(emitter: &SignalEmitter<'_>, item: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn status_notifier_item_unregistered(emitter: &SignalEmitter<'_>, item: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn status_notifier_host_registered(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;
}
