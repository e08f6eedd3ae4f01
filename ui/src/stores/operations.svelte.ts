import type { Answer, Backend } from "../ipc/client";
import type {
  DeployRequest,
  LibraryChanged,
  OperationProgressed,
  Receipt,
  ResyncReport,
  SetDeployed,
  SetDeployRequest,
  SetUndeployRequest,
  UndeployRequest,
  UndoRequest,
  UpdateRequest,
} from "../ipc/types";
import { entryKey } from "../lib/model";

/** After this long a row is no longer shown as pending even when no event came, in milliseconds. */
const GIVE_UP_MS = 10_000;

const changedSomething = (receipt: Receipt): boolean =>
  receipt.results.some(
    (result) => result.status === "success" && !["unchanged", "none"].includes(result.action),
  );

/** What became of a set, as of any deploy: its projects one after another. */
const asReceipt = (answer: Answer<SetDeployed>): Answer<Receipt> => {
  if (!answer.ok) return answer;
  const { projects, ...rest } = answer.data;
  return { ok: true, data: { ...rest, results: projects.flatMap((project) => project.results) } };
};

const keysOf = (request: DeployRequest | UndeployRequest): string[] =>
  (request.artifacts ?? []).map((ref) => entryKey(ref.collection ?? "", ref.artifact_id));

/** Commands that write, while they run. Nothing is shown as done before its event came. */
export class Operations {
  /** Keys of the entries that a running command works on. */
  pending = $state.raw<ReadonlySet<string>>(new Set());
  /** How far running operations are, by operation. */
  progress = $state.raw<ReadonlyMap<string, OperationProgressed>>(new Map());
  /** Operations that were asked to stop. */
  stopping = $state.raw<ReadonlySet<string>>(new Set());
  resyncing = $state(false);

  /** How many commands hold each key. */
  #held = new Map<string, number>();
  /** Operations whose event was seen, newest last. */
  #seen: string[] = [];
  #waiting = new Map<string, () => void>();

  constructor(private readonly backend: Backend) {}

  deploy(request: DeployRequest): Promise<Answer<Receipt>> {
    return this.#run(keysOf(request), () => this.backend.deploy(request));
  }

  undeploy(request: UndeployRequest): Promise<Answer<Receipt>> {
    return this.#run(keysOf(request), () => this.backend.undeploy(request));
  }

  /** `keys`: the entries that the operation is about; the request names copies. */
  update(request: UpdateRequest, keys: string[]): Promise<Answer<Receipt>> {
    return this.#run(keys, () => this.backend.updateDeployments(request));
  }

  /** The same the other way round. */
  push(request: UpdateRequest, keys: string[]): Promise<Answer<Receipt>> {
    return this.#run(keys, () => this.backend.pushToCollection(request));
  }

  /** `keys`: the entries that the operation is about; the request names none. */
  undo(request: UndoRequest, keys: string[]): Promise<Answer<Receipt>> {
    return this.#run(keys, () => this.backend.undo(request));
  }

  /** `keys`: the entries, and the cells of the matrix, that the operation is about. */
  deploySet(request: SetDeployRequest, keys: string[]): Promise<Answer<Receipt>> {
    return this.#run(keys, async () => asReceipt(await this.backend.sets.deploySet(request)));
  }

  undeploySet(request: SetUndeployRequest, keys: string[]): Promise<Answer<Receipt>> {
    return this.#run(keys, async () => asReceipt(await this.backend.sets.undeploySet(request)));
  }

  /** The newest running operation that writes: reading everything again is not stopped. */
  get working(): OperationProgressed | undefined {
    return [...this.progress.values()].findLast((event) => event.phase !== "scan");
  }

  /** Asks an operation to stop; whether it can. What it has done stays and is told by its own answer. */
  async cancel(operation: string): Promise<Answer<boolean>> {
    this.stopping = new Set([...this.stopping, operation]);
    return this.backend.cancel(operation);
  }

  async resync(): Promise<Answer<ResyncReport>> {
    this.resyncing = true;
    const answer = await this.backend.resync();
    this.resyncing = false;
    return answer;
  }

  /** Lets go of the rows of an operation whose event has come. */
  changed(event: LibraryChanged): void {
    if (event.operation === null) return;
    this.#seen = [...this.#seen, event.operation].slice(-50);
    this.#waiting.get(event.operation)?.();
  }

  /** A new snapshot holds everything that happened. */
  replaced(): void {
    for (const settle of [...this.#waiting.values()]) settle();
  }

  progressed(event: OperationProgressed): void {
    const progress = new Map(this.progress);
    if (event.phase === "done") progress.delete(event.operation);
    else progress.set(event.operation, event);
    this.progress = progress;
  }

  async #run(keys: string[], call: () => Promise<Answer<Receipt>>): Promise<Answer<Receipt>> {
    this.#hold(keys, 1);
    const answer = await call();
    const release = (): void => this.#hold(keys, -1);
    if (!answer.ok || answer.data.cache === "stale" || !changedSomething(answer.data)) release();
    else this.#awaitEvent(answer.data.operation, release);
    if (answer.ok) this.#forget(answer.data.operation);
    return answer;
  }

  #awaitEvent(operation: string, release: () => void): void {
    if (this.#seen.includes(operation)) {
      release();
      return;
    }
    const settle = (): void => {
      clearTimeout(timer);
      if (this.#waiting.delete(operation)) release();
    };
    const timer = setTimeout(settle, GIVE_UP_MS);
    this.#waiting.set(operation, settle);
  }

  #forget(operation: string): void {
    if (!this.progress.has(operation)) return;
    const progress = new Map(this.progress);
    progress.delete(operation);
    this.progress = progress;
  }

  #hold(keys: string[], by: 1 | -1): void {
    for (const key of keys) {
      const held = (this.#held.get(key) ?? 0) + by;
      if (held > 0) this.#held.set(key, held);
      else this.#held.delete(key);
    }
    this.pending = new Set(this.#held.keys());
  }
}
