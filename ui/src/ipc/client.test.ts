import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";
import { beforeEach, expect, it } from "vitest";
import { shellBackend } from "./client";
import type { RepairRequest, UndoRequest } from "./types";

beforeEach(clearMocks);

it("asks the shell for history, undo and repair by their names", async () => {
  const asked: [string, unknown][] = [];
  mockIPC((command, args) => void asked.push([command, args]));
  const request: UndoRequest = { operation: "op-1", on_conflict: "stop", choices: [], plan: null };
  const repair: RepairRequest = {
    project_path: "/p",
    profile_root_dir: ".claude",
    subject: null,
    repair: "set-aside",
  };
  await shellBackend.history(null);
  await shellBackend.planUndo(request);
  await shellBackend.undo(request);
  await shellBackend.doctor();
  await shellBackend.repair(repair);
  expect(asked).toEqual([
    ["history", { limit: null }],
    ["plan_undo", { request }],
    ["undo", { request }],
    ["doctor", {}],
    ["repair", { request: repair }],
  ]);
});

it("a refusal is the engine's problem, anything else a fault of ours", async () => {
  const problem = { code: "project-busy", severity: "refusal", message: "api is in use." };
  mockIPC(() => Promise.reject(problem));
  expect(await shellBackend.doctor()).toEqual({ ok: false, problem: { causes: [], ...problem } });
  mockIPC(() => Promise.reject(new Error("gone")));
  expect(await shellBackend.doctor()).toMatchObject({
    ok: false,
    problem: { code: "internal", severity: "fault", message: "gone" },
  });
});
