// Errors that nobody in the page caught.

/** More than so many are a loop, and say nothing new. */
const MOST = 20;

/** One error: a line for people, and the way to it for the log. */
export interface PageError {
  line: string;
  text: string;
}

function describe(cause: unknown): PageError {
  const line = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return { line, text: cause instanceof Error && cause.stack ? `${line}\n${cause.stack}` : line };
}

/** Tells `report` of each error that nobody caught, the same one only once. The result stops that. */
export function watchPageErrors(page: Window, report: (error: PageError) => void): () => void {
  const told = new Set<string>();
  const tell = (cause: unknown): void => {
    const error = describe(cause);
    if (told.size >= MOST || told.has(error.line)) return;
    told.add(error.line);
    report(error);
  };
  const onerror = (event: ErrorEvent): void => {
    // A size that was observed too late is looked at again by itself: no error, though it is told like one.
    if (event.message.startsWith("ResizeObserver loop")) return;
    tell(event.error ?? `${event.message} (${event.filename}:${event.lineno})`);
  };
  const onrejection = (event: PromiseRejectionEvent): void => tell(event.reason);
  page.addEventListener("error", onerror);
  page.addEventListener("unhandledrejection", onrejection);
  return () => {
    page.removeEventListener("error", onerror);
    page.removeEventListener("unhandledrejection", onrejection);
  };
}
