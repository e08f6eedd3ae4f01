// The window among others, in the fake world.
import type { OutsideBackend } from "../outside";
import type { SetTools } from "./sets";
import { yes } from "./state";

export const fakeOutside = ({ world, command }: SetTools): OutsideBackend => ({
  takeOpenRequests: () => command("takeOpenRequests", [], () => yes(world.asked.splice(0))),
  desktop: () => command("desktop", [], () => yes(world.desktop)),
  setAutostart: (on) =>
    command("setAutostart", [on], () => {
      world.desktop = { ...world.desktop, autostart: on };
      return yes(world.desktop);
    }),
  leaveWindow: (quit) => command("leaveWindow", [quit], () => yes(null)),
});
