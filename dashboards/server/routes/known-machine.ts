import { HttpError } from "../api/error-reply.ts";
import type { MachineRecord, ServerPorts } from "../ports.ts";

/** @throws HttpError UNKNOWN_MACHINE */
export async function knownMachine(
  { machines }: Pick<ServerPorts, "machines">,
  machineId: string,
): Promise<MachineRecord> {
  const machine = await machines.get(machineId);
  if (machine === undefined) throw new HttpError("UNKNOWN_MACHINE", "no such machine", "machineId");
  return machine;
}
