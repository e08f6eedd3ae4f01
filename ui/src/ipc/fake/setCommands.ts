// The commands of the fake world about groups and sets.
import type { SetBackend } from "../sets";
import { refusal } from "./plan";
import { setDeployCommands } from "./setDeploy";
import { copyName, isProblem, look, reorder } from "./setEdits";
import { groupAt, resolve, sameMember, setAt } from "./setModel";
import { run, type SetTools } from "./sets";

/** Making sets, and how they look. */
function setCommands(tools: SetTools) {
  const { world, command } = tools;
  return {
    resolveSet: (ref) =>
      command("resolveSet", [ref], () => {
        const set = setAt(world, ref.name, ref.collection);
        if (!set)
          return {
            ok: false,
            problem: refusal("set-not-found", `There is no set “${ref.name}”.`, ref.name),
          };
        const told = resolve(world, set);
        return isProblem(told) ? { ok: false, problem: told } : { ok: true, data: structuredClone(told) };
      }),
    createSet: (collection, wanted, members) =>
      command("createSet", [collection, wanted, members], () =>
        run(tools, (editor) =>
          editor.createSet(collection ?? world.settings.default_collection, wanted, members),
        ),
      ),
    updateSet: (ref, wanted) =>
      command("updateSet", [ref, wanted], () =>
        run(tools, (editor) => editor.inSet(ref, (set) => look("set", editor.next.sets, set, wanted))),
      ),
    deleteSet: (ref, dryRun) =>
      command("deleteSet", [ref, dryRun], () =>
        run(
          tools,
          (editor) =>
            editor.inSet(ref, (set) => {
              editor.next.sets = editor.next.sets.filter((other) => other !== set);
              editor.forget({ kind: "set", set_id: set.set_id }, set.collection);
              return null;
            }),
          dryRun,
        ),
      ),
    cloneSet: (ref, name) =>
      command("cloneSet", [ref, name], () =>
        run(tools, (editor) => {
          const set = setAt(editor.next, ref.name, ref.collection);
          if (!set) return refusal("set-not-found", `There is no set “${ref.name}”.`, ref.name);
          const names = editor.next.sets.map((other) => other.name);
          return editor.createSet(
            set.collection,
            {
              name: name ?? copyName(set.name, names),
              description: set.description,
              color: set.color,
              icon: set.icon,
              tags: set.tags,
            },
            structuredClone(set.members),
          );
        }),
      ),
  } satisfies Partial<SetBackend>;
}

/** What is in sets, and where they go. */
function memberCommands(tools: SetTools) {
  const { command } = tools;
  return {
    changeSetMembers: (ref, add, at, remove) =>
      command("changeSetMembers", [ref, add, at, remove], () =>
        run(tools, (editor) => editor.inSet(ref, (set) => editor.members(set, add, at, remove))),
      ),
    orderSet: (ref, members) =>
      command("orderSet", [ref, members], () =>
        run(tools, (editor) =>
          editor.inSet(ref, (set) => {
            const order = reorder(set.members, members, sameMember, set.name);
            if (!Array.isArray(order)) return order;
            set.members = order;
            return null;
          }),
        ),
      ),
  } satisfies Partial<SetBackend>;
}

/** The commands about groups. */
function groupCommands(tools: SetTools) {
  const { world, command } = tools;
  return {
    createGroup: (collection, wanted, members) =>
      command("createGroup", [collection, wanted, members], () =>
        run(tools, (editor) =>
          editor.createGroup(collection ?? world.settings.default_collection, wanted, members),
        ),
      ),
    updateGroup: (ref, wanted) =>
      command("updateGroup", [ref, wanted], () =>
        run(tools, (editor) => editor.inGroup(ref, (group) => editor.renameGroup(group, wanted))),
      ),
    deleteGroup: (ref, dryRun) =>
      command("deleteGroup", [ref, dryRun], () =>
        run(
          tools,
          (editor) =>
            editor.inGroup(ref, (group) => {
              editor.next.groups = editor.next.groups.filter((other) => other !== group);
              editor.forget({ kind: "group", group: group.name }, group.collection);
              return null;
            }),
          dryRun,
        ),
      ),
    cloneGroup: (ref, name) =>
      command("cloneGroup", [ref, name], () =>
        run(tools, (editor) => {
          const group = groupAt(editor.next, ref.name, ref.collection);
          if (!group) return refusal("group-not-found", `There is no group “${ref.name}”.`, ref.name);
          const names = editor.next.groups.map((other) => other.name);
          const { collection, description, color, icon, members } = group;
          const wanted = { name: name ?? copyName(group.name, names), description, color, icon };
          return editor.createGroup(collection, wanted, members);
        }),
      ),
  } satisfies Partial<SetBackend>;
}

/** What is in groups, and their order. */
function groupMemberCommands(tools: SetTools) {
  const { world, command } = tools;
  return {
    changeGroupMembers: (ref, add, at, remove) =>
      command("changeGroupMembers", [ref, add, at, remove], () =>
        run(tools, (editor) => editor.inGroup(ref, (group) => editor.groupMembers(group, add, at, remove))),
      ),
    orderGroup: (ref, members) =>
      command("orderGroup", [ref, members], () =>
        run(tools, (editor) =>
          editor.inGroup(ref, (group) => {
            const order = reorder(group.members, members, (one, other) => one === other, group.name);
            if (!Array.isArray(order)) return order;
            group.members = order;
            return null;
          }),
        ),
      ),
    orderGroups: (collection, names) =>
      command("orderGroups", [collection, names], () =>
        run(tools, (editor) => {
          const home = collection ?? world.settings.default_collection;
          const own = editor.next.groups.filter((group) => group.collection === home);
          const order = reorder(
            own.map((group) => group.name),
            names,
            (one, other) => one === other,
            home,
          );
          if (!Array.isArray(order)) return order;
          const others = editor.next.groups.filter((group) => group.collection !== home);
          editor.next.groups = [
            ...others,
            ...own.toSorted((one, other) => order.indexOf(one.name) - order.indexOf(other.name)),
          ];
          return {};
        }),
      ),
  } satisfies Partial<SetBackend>;
}

/** All of them. */
export const fakeSets = (tools: SetTools): SetBackend => ({
  ...setCommands(tools),
  ...memberCommands(tools),
  ...groupCommands(tools),
  ...groupMemberCommands(tools),
  ...setDeployCommands(tools),
});
