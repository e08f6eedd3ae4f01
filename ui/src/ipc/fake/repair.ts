// Mending in the fake world.
import type { Repaired, RepairRequest } from "../types";
import type { Fake } from "./collections";

export function repair(fake: Fake, request: RepairRequest): Repaired {
  const { world } = fake;
  world.findings = world.findings.filter(({ problem }) => problem.subject !== request.subject);
  const project = world.projects.find((row) => row.project_path === request.project_path);
  if (project) {
    project.problems = project.problems.filter(({ subject }) => subject !== request.subject);
    fake.commit([{ type: "projectUpserted", project }], "command");
  }
  const subject = request.subject ?? "";
  return { operation: "repair", subject, records: 0, trashed: true, problems: [] };
}
