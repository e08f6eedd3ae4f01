// Pins of the fake world.
import type { Answer } from "../client";
import type { PinBackend } from "../pins";
import type { Pin, PinnedRow, PinRequest } from "../types";
import type { World } from "./world";
import { setAt } from "./setModel";
import type { SetTools } from "./sets";

const keyOf = (pin: Pin): string => JSON.stringify(pin);

function wanted(world: World, { artifacts = [], sets = [] }: PinRequest): Pin[] {
  const own = world.settings.default_collection;
  return [
    ...artifacts.map(({ artifact_id, collection }): Pin => ({
      kind: "artifact",
      collection: collection ?? own,
      artifact_id,
    })),
    ...sets.map(({ name, collection }): Pin => {
      const set = setAt(world, name, collection);
      return { kind: "set", collection: set?.collection ?? own, set_id: set?.set_id ?? name };
    }),
  ];
}

const rows = (world: World): PinnedRow[] =>
  world.settings.pins.map((pin) => ({
    pin,
    name: pin.kind === "artifact" ? pin.artifact_id : (setAt(world, pin.set_id)?.name ?? pin.set_id),
    missing: false,
  }));

export function fakePins({ world, command, settle }: SetTools): PinBackend {
  const put = (pins: Pin[]): Answer<PinnedRow[]> => {
    settle({ ...world.settings, pins });
    return { ok: true, data: structuredClone(rows(world)) };
  };
  return {
    pin: (request) =>
      command("pin", [request], () => {
        const known = new Set(world.settings.pins.map(keyOf));
        return put([
          ...world.settings.pins,
          ...wanted(world, request).filter((pin) => !known.has(keyOf(pin))),
        ]);
      }),
    unpin: (request) =>
      command("unpin", [request], () => {
        const gone = new Set(wanted(world, request).map(keyOf));
        return put(world.settings.pins.filter((pin) => !gone.has(keyOf(pin))));
      }),
  };
}
