// Profiles of a project's own, in the whole window: on the project page and in the deploy dialog.
import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, it } from "vitest";
import { fullWorld } from "../ipc/fake";
import { fieldOf } from "../lib/profiles";
import { expectAccessible, open, row, user, WEB } from "./App.test-env";

const sidebar = (path: string): HTMLElement => {
  const found = screen.getAllByTestId("sidebar-project").find((at) => at.dataset.path === path);
  if (!found) throw new Error(`no project ${path}`);
  return found;
};
const profiles = (): string[] =>
  screen.getAllByTestId("project-profile").map((at) => at.dataset.profile as string);
const profile = (id: string): HTMLElement => {
  const found = screen.getAllByTestId("project-profile").find((at) => at.dataset.profile === id);
  if (!found) throw new Error(`no profile ${id}`);
  return found;
};

async function add(id: string, root: string): Promise<void> {
  await user.click(screen.getByTestId("add-profile"));
  const dialog = await screen.findByTestId("profile-dialog");
  await user.type(within(dialog).getByTestId("profile-id"), id);
  await user.type(within(dialog).getByTestId("profile-root"), root);
  const kinds = within(dialog).getAllByTestId("profile-kind");
  await user.click(kinds.find((at) => at.dataset.kind === "skill") as HTMLElement);
}

it("a profile is added by keyboard, changed and removed", async () => {
  const backend = await open(fullWorld(5));
  await user.click(sidebar(WEB));
  await screen.findByTestId("project-profiles");
  expect(within(profile("claude_code")).queryByTestId("edit-profile")).toBeNull();

  screen.getByTestId("add-profile").focus();
  await user.keyboard("{Enter}");
  const dialog = await screen.findByTestId("profile-dialog");
  await waitFor(() => expect(document.activeElement).toBe(within(dialog).getByTestId("profile-id")));
  expect(within(dialog).getByTestId<HTMLButtonElement>("confirm").disabled).toBe(true);
  await user.keyboard("windsurf{Tab}Windsurf{Tab}.windsurf{Tab} ");
  await expectAccessible();
  within(dialog).getByTestId("confirm").focus();
  await user.keyboard("{Enter}");
  await waitFor(() => expect(profiles()).toContain("windsurf"));
  expect(screen.queryByTestId("profile-dialog")).toBeNull();
  expect(backend.calls.find((call) => call.name === "saveProfile")?.args).toEqual([
    {
      project: WEB,
      profile: {
        profile_id: "windsurf",
        platform: "other",
        title: "Windsurf",
        root_dir: ".windsurf",
        folders: [{ kind: "skill", folder: "skills" }],
      },
      replace: false,
    },
  ]);

  await user.click(within(profile("windsurf")).getByTestId("edit-profile"));
  const again = await screen.findByTestId("profile-dialog");
  const root = within(again).getByTestId<HTMLInputElement>("profile-root");
  expect(root.value).toBe(".windsurf");
  await user.clear(root);
  await user.type(root, ".surf");
  await user.click(screen.getByTestId("confirm"));
  await waitFor(() => expect(profile("windsurf").textContent).toContain(".surf"));

  await user.click(within(profile("windsurf")).getByTestId("remove-profile"));
  await waitFor(() => expect(profiles()).not.toContain("windsurf"));
});

it("what is refused is said at its field, and the form stays", async () => {
  await open(fullWorld(5));
  await user.click(sidebar(WEB));
  await screen.findByTestId("project-profiles");
  await add("mine", "../out");
  await user.click(screen.getByTestId("confirm"));
  const root = screen.getByTestId<HTMLInputElement>("profile-root");
  await waitFor(() => expect(root.getAttribute("aria-invalid")).toBe("true"));
  expect(screen.getByRole("alert").textContent).toContain("../out");
  expect(root.value).toBe("../out");

  await user.clear(root);
  await user.type(root, ".claude");
  await user.click(screen.getByTestId("confirm"));
  await waitFor(() => expect(screen.getByRole("alert").textContent).toContain("Claude Code"));
  await user.clear(root);
  await user.type(root, ".mine");
  const id = screen.getByTestId("profile-id");
  await user.clear(id);
  await user.type(id, "cursor");
  await user.click(screen.getByTestId("confirm"));
  await waitFor(() => expect(id.getAttribute("aria-invalid")).toBe("true"));
  expect(root.getAttribute("aria-invalid")).toBeNull();
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByTestId("profile-dialog")).toBeNull());
  expect(profiles()).not.toContain("mine");
});

it("a profile with deployments is not removed, and says why", async () => {
  const world = fullWorld(30);
  await open(world);
  await user.click(sidebar(WEB));
  await screen.findByTestId("project-profiles");
  await add("mine", ".mine");
  await user.click(screen.getByTestId("confirm"));
  await waitFor(() => expect(profiles()).toContain("mine"));
  const [deployment] = world.deployments.filter((at) => at.project_path === WEB);
  if (!deployment) throw new Error("the fake world changed");
  deployment.deployment_profile_id = "mine";
  await user.click(within(profile("mine")).getByTestId("remove-profile"));
  await waitFor(() =>
    expect(screen.getAllByTestId("toast").some((at) => at.textContent?.includes("Undeploy them first"))).toBe(
      true,
    ),
  );
  expect(profiles()).toContain("mine");
});

it("the deploy dialog offers what all chosen projects have", async () => {
  const world = fullWorld(30);
  await open(world);
  await user.click(sidebar(WEB));
  await screen.findByTestId("project-profiles");
  await add("mine", ".mine");
  await user.click(screen.getByTestId("confirm"));
  await waitFor(() => expect(profiles()).toContain("mine"));
  await user.click(screen.getByTestId("show-in-list"));
  const here = world.deployments.find((at) => at.project_path === WEB && at.artifact_id.startsWith("skill:"));
  if (!here) throw new Error("the fake world changed");
  await user.click(row(here.artifact_id));
  await user.keyboard("d");
  await screen.findByTestId("deploy-dialog");
  const offered = (): string[] =>
    screen.getAllByTestId("profile-option").map((at) => at.dataset.profile as string);
  await waitFor(() => expect(offered()).toContain("mine"));
  const project = (path: string): HTMLElement =>
    screen.getAllByTestId("project-option").find((at) => at.dataset.path === path) as HTMLElement;
  const mine = screen.getAllByTestId("profile-option").find((at) => at.dataset.profile === "mine");
  await user.click(mine as HTMLElement);
  const other = world.projects.find((at) => at.project_path !== WEB && at.available);
  if (!other) throw new Error("the fake world changed");
  await user.click(project(other.project_path));
  await waitFor(() => expect(offered()).not.toContain("mine"));
});

it("a refusal belongs to the field whose text it names", () => {
  const own = {
    profile_id: "mine",
    platform: "other",
    title: "Mine",
    root_dir: ".mine/",
    folders: [
      { kind: "command" as const, folder: "prompts" },
      { kind: "agent" as const, folder: "prompts" },
    ],
  };
  const about = (code: "invalid-name" | "name-clash" | "path-escapes-root" | "io", subject: string) =>
    fieldOf({ code, severity: "refusal", message: "", subject, causes: [] }, own);
  expect(about("path-escapes-root", ".mine")).toBe("root");
  expect(about("name-clash", ".mine")).toBe("root");
  expect(about("name-clash", "prompts")).toBe("folder-agent");
  expect(about("invalid-name", "mine")).toBe("id");
  expect(about("invalid-name", "Mine")).toBe("title");
  expect(about("io", ".mine")).toBeNull();
});

it("a project is given a name and a description, and an empty name is refused at its field", async () => {
  const world = fullWorld(5);
  world.descriptions.set(WEB, "The shop.");
  const backend = await open(world);
  await user.click(sidebar(WEB));
  await waitFor(() => expect(screen.getByTestId("project-description").textContent).toBe("The shop."));
  await user.click(screen.getByTestId("project-menu"));
  await user.click(await screen.findByText("Name and description…"));
  const dialog = await screen.findByTestId("describe-dialog");
  const name = within(dialog).getByTestId<HTMLInputElement>("describe-name");
  await waitFor(() =>
    expect(within(dialog).getByTestId<HTMLInputElement>("describe-text").value).toBe("The shop."),
  );
  await user.clear(name);
  await user.click(screen.getByTestId("confirm"));
  await waitFor(() => expect(name.getAttribute("aria-invalid")).toBe("true"));
  await user.type(name, "Storefront");
  await expectAccessible();
  await user.click(screen.getByTestId("confirm"));
  await waitFor(() => expect(screen.queryByTestId("describe-dialog")).toBeNull());
  expect(backend.calls.filter((call) => call.name === "describeProject").at(-1)?.args).toEqual([
    WEB,
    { name: "Storefront", description: "The shop." },
  ]);
  await waitFor(() => expect(sidebar(WEB).textContent).toContain("Storefront"));
});
