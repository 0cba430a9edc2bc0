import { parseDictionaries } from "@firebreak/wire/dictionary-codec.ts";
import { metricNames } from "@firebreak/wire/session.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import type { Payload } from "@firebreak/wire/sparkplug-types.ts";
import type { NodeSession } from "./node-session.ts";

/**
 * Notes aliases and dictionaries of one machine. `keep` brings a dictionary to the journal and may throw: what is not
 * there explains no batch, or the stores could not read it. Throws SESSION_MALFORMED.
 */
export function takeDeviceBirth(
  session: NodeSession,
  machineId: string,
  { payload, keep }: { payload: Payload; keep: (dictionary: SignalDictionary) => void },
): void {
  session.machines.add(machineId);
  let dictionaries: readonly SignalDictionary[] = [];
  for (const { name, alias, value } of payload.metrics) {
    if (name === metricNames.batch && alias !== undefined)
      session.batchAliases.set(alias, machineId);
    if (name === metricNames.dictionaries && value instanceof Uint8Array)
      dictionaries = parseDictionaries(value);
  }
  for (const dictionary of dictionaries) {
    keep(dictionary);
    session.dictionaries.set(`${machineId}\n${dictionary.hash}`, dictionary);
  }
}
