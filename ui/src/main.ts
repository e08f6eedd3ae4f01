import { mount } from "svelte";
import { t } from "./i18n/en";
import { inShell, shellBackend, type Backend } from "./ipc/client";
import App from "./shell/App.svelte";
import { showRememberedTheme } from "./stores/settings.svelte";
import "./styles/index.css";

/** The shell; or, outside of it and only while developing, a library in memory. */
async function findBackend(): Promise<Backend | null> {
  if (inShell()) return shellBackend;
  if (!import.meta.env.DEV && import.meta.env.MODE !== "demo") return null;
  const { demoBackend } = await import("./ipc/demo");
  return demoBackend(new URLSearchParams(location.search));
}

const target = document.getElementById("app");
if (target) {
  showRememberedTheme();
  const backend = await findBackend();
  if (backend) mount(App, { target, props: { backend } });
  else target.textContent = t.app.notInShell;
}
