import { machineKind } from "./organisation/file-kinds.ts";
import { findFile } from "./organisation/file-store.ts";
import { type MachineState, mayBecome } from "./organisation/machine-file.ts";
import { putMachine } from "./organisation/put-machine.ts";
import type { ServiceWork } from "./service-work.ts";
import type { Ticket } from "./ticket.ts";
import type { TicketEvent } from "./ticket-event.ts";

/** A machine is under repair while somebody works on it, and in service again when that is proved (transition 20). */
export async function followMachine(
  work: ServiceWork,
  { machineId, kind, state }: Ticket,
  events: readonly TicketEvent[],
): Promise<void> {
  if (machineId === undefined || kind !== "repair") return;
  const becomes: MachineState | undefined = events.some(({ type }) => type === "work-started")
    ? "under_repair"
    : state === "follow_up" && events.some(({ type }) => type.startsWith("verification-"))
      ? "in_service"
      : undefined;
  if (becomes === undefined) return;
  const machine = (await findFile(work.tx, machineKind, machineId))?.file;
  if (machine && machine.state !== becomes && mayBecome(machine.state, becomes))
    await putMachine(work, { ...machine, state: becomes });
}
