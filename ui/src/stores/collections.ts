import { t } from "../i18n/en";
import type { LinkRequest, Problem } from "../ipc/types";
import type { App } from "./app.svelte";

/** Makes, links and forgets collections. */
export class Collections {
  constructor(private readonly app: App) {}

  /** Makes a collection; returns its problem, or null when it worked. */
  async create(name: string): Promise<Problem | null> {
    const answer = await this.app.backend.createCollection(name.trim());
    if (!answer.ok) return answer.problem;
    this.app.notices.done(t.toast.collectionCreated(answer.data.collection));
    return null;
  }

  /** Links a folder as a collection; returns its problem, or null when it worked. */
  async link(request: LinkRequest): Promise<Problem | null> {
    const answer = await this.app.backend.linkCollection(request);
    if (!answer.ok) return answer.problem;
    this.app.notices.done(t.toast.collectionLinked(answer.data.collection));
    return null;
  }

  /** Forgets a linked collection; returns its problem, or null when it worked. */
  async unlink(name: string): Promise<Problem | null> {
    const answer = await this.app.backend.unlinkCollection(name);
    if (!answer.ok) return answer.problem;
    this.app.notices.done(t.toast.collectionUnlinked(name));
    return null;
  }
}
