import { afterEach, beforeEach } from "vitest";
import { cleanup, configure } from "@testing-library/svelte";

// What jsdom does not have and the parts ask for.
class NoResize implements ResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
globalThis.ResizeObserver ??= NoResize;
Element.prototype.scrollIntoView ??= () => {};
Element.prototype.hasPointerCapture ??= () => false;
Element.prototype.setPointerCapture ??= () => {};
Element.prototype.releasePointerCapture ??= () => {};
Element.prototype.animate ??= (() => ({ cancel() {}, finished: Promise.resolve() })) as never;

window.innerWidth = 1280;
// The whole page in each message hides the message.
configure({ getElementError: (message) => new Error(message ?? "not found") });

beforeEach(() => localStorage.clear());
afterEach(cleanup);
