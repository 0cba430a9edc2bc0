import { HOUR_MS } from "../lifecycle/step.ts";
import type { SilentMachine } from "./silent-machine.ts";

/** A machine of a cause that wants a visit, silent for a day and heard by nobody since. */
export const silentMachine = (facts: Partial<SilentMachine> = {}): SilentMachine => ({
  machineId: "M-1",
  cause: "lost-contact",
  isCertain: false,
  detail: "",
  sinceMs: Date.parse("2026-02-28T08:00:00.000Z"),
  heardMs: 24 * HOUR_MS,
  isUsual: false,
  ...facts,
});
