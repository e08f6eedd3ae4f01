import { describe, expect, it } from "vitest";
import { FakeBackend, fullWorld } from "../ipc/fake";
import type { Problem, Recovered } from "../ipc/types";
import { App } from "./app.svelte";

const interrupted = (operation: string, outcome: Recovered["outcome"]): Recovered => ({
  operation,
  outcome,
  project_path: "/home/ada/work/api",
  message: "It was cut off.",
});

async function setUp() {
  const backend = new FakeBackend(fullWorld(6));
  backend.world.interrupted = [interrupted("a", "finished"), interrupted("b", "waiting")];
  const app = new App(backend);
  await app.session.start();
  await app.doctor.start();
  // How changes are followed is asked at its own times.
  const calls = () => backend.calls.filter((call) => call.name !== "watchStatus");
  const names = (): string[] => calls().map((call) => call.name);
  const [finding] = app.doctor.report?.findings ?? [];
  if (!finding) throw new Error("the fake world changed");
  return { backend, app, doctor: app.doctor, finding, calls, names };
}

describe("a check", () => {
  it("tells what was finished also after the next one, which finds nothing of it", async () => {
    const { backend, doctor } = await setUp();
    const outcomes = () => doctor.report?.recovered.map((found) => [found.operation, found.outcome]);
    expect(outcomes()).toEqual([
      ["a", "finished"],
      ["b", "waiting"],
    ]);
    backend.world.interrupted = [interrupted("b", "rolled-back")];
    await doctor.check();
    expect(outcomes()).toEqual([
      ["a", "finished"],
      ["b", "rolled-back"],
    ]);
    await doctor.start();
    expect(outcomes()).toEqual([]);
  });

  it("that fails keeps what the last one found", async () => {
    const { backend, doctor } = await setUp();
    const problem: Problem = { code: "project-busy", severity: "refusal", message: "api is in use." };
    backend.world.failing.set("doctor", problem);
    await doctor.check();
    expect([doctor.problem, doctor.report?.findings.length, doctor.busy]).toEqual([problem, 1, false]);
  });
});

describe("a repair", () => {
  it("says what it is about, is told, and checked", async () => {
    const { app, doctor, finding, calls, names } = await setUp();
    const before = names().length;
    await app.actions.repair(finding, "restore-manifest");
    expect(names().slice(before)).toEqual(["repair", "doctor"]);
    expect(calls()[before]?.args).toEqual([
      {
        project_path: "/home/ada/work/legacy",
        profile_root_dir: ".claude",
        subject: finding.problem.subject,
        repair: "restore-manifest",
      },
    ]);
    expect(doctor.done).toEqual([{ finding, repair: "restore-manifest" }]);
    expect(doctor.report?.findings).toEqual([]);
    expect(app.library.project("/home/ada/work/legacy")?.problems).toEqual([]);
    expect(app.notices.spoken).toContain("in the trash");
  });

  it("that is refused is not told as done, and changes nothing that is shown", async () => {
    const { backend, app, doctor, finding, names } = await setUp();
    const problem: Problem = { code: "project-busy", severity: "refusal", message: "legacy is in use." };
    backend.world.failing.set("repair", problem);
    await app.actions.repair(finding, "rebuild-manifest");
    expect([doctor.problem, doctor.done, doctor.report?.findings]).toEqual([problem, [], [finding]]);
    expect(names().at(-1)).toBe("repair");
  });

  it("brings the problems of the whole library up to date", async () => {
    const { backend, app, finding, names } = await setUp();
    backend.world.problems = [finding.problem];
    await app.session.reload();
    backend.world.problems = [];
    await app.actions.repair(finding, "restore-manifest");
    expect([names().at(-1), app.library.problems]).toEqual(["librarySnapshot", []]);
  });
});
