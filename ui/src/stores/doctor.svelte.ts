import type { Answer, Backend } from "../ipc/client";
import type { DoctorReport, Finding, Problem, Recovered, Repair } from "../ipc/types";

/** The check for what was cut off and what cannot be read, and the repairs that it offers. */
export class Doctor {
  report = $state.raw<DoctorReport | null>(null);
  /** Why the check or the last repair could not be done. */
  problem = $state.raw<Problem | null>(null);
  checking = $state(false);
  /** The repair that is being done. */
  repairing = $state.raw<{ finding: Finding; repair: Repair } | null>(null);
  /** The repairs that were done, oldest first. */
  done = $state.raw<readonly { finding: Finding; repair: Repair }[]>([]);

  /** What was finished or rolled back since the dialog was opened; a second check does not find it again. */
  #settled: readonly Recovered[] = [];

  constructor(private readonly backend: Backend) {}

  get busy(): boolean {
    return this.checking || this.repairing !== null;
  }

  /** Looks, from the beginning. */
  async start(): Promise<void> {
    if (this.busy) return;
    this.#settled = [];
    Object.assign(this, { report: null, problem: null, done: [] });
    await this.check();
  }

  async check(): Promise<void> {
    this.checking = true;
    this.#take(await this.backend.doctor());
    this.checking = false;
  }

  /** Repairs one finding, then looks again. Returns whether it was repaired. */
  async repair(finding: Finding, repair: Repair): Promise<boolean> {
    if (this.busy) return false;
    this.repairing = { finding, repair };
    const { project_path, profile_root_dir, problem } = finding;
    const answer = await this.backend.repair({
      project_path,
      profile_root_dir,
      subject: problem.subject ?? null,
      repair,
    });
    this.repairing = null;
    this.problem = answer.ok ? null : answer.problem;
    if (!answer.ok) return false;
    this.done = [...this.done, { finding, repair }];
    await this.check();
    return true;
  }

  #take(answer: Answer<DoctorReport>): void {
    this.problem = answer.ok ? null : answer.problem;
    if (!answer.ok) return;
    const { recovered, findings } = answer.data;
    const again = new Set(recovered.map((found) => found.operation));
    this.#settled = [
      ...this.#settled.filter((found) => found.outcome !== "waiting" && !again.has(found.operation)),
      ...recovered,
    ];
    this.report = { recovered: [...this.#settled], findings };
  }
}
