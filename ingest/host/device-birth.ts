import { parseDictionaries } from "@firebreak/wire/dictionary-codec.ts";
import { metricNames } from "@firebreak/wire/session.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import type { Payload } from "@firebreak/wire/sparkplug-types.ts";
import type { NodeSession } from "./node-session.ts";

/** Notes aliases and dictionaries of one machine and returns the latter. Throws SESSION_MALFORMED. */
export function takeDeviceBirth(
  session: NodeSession,
  machineId: string,
  payload: Payload,
): readonly SignalDictionary[] {
  session.machines.add(machineId);
  let dictionaries: readonly SignalDictionary[] = [];
  for (const { name, alias, value } of payload.metrics) {
    if (name === metricNames.batch && alias !== undefined)
      session.batchAliases.set(alias, machineId);
    if (name === metricNames.dictionaries && value instanceof Uint8Array)
      dictionaries = parseDictionaries(value);
  }
  for (const dictionary of dictionaries)
    session.dictionaries.set(`${machineId}\n${dictionary.hash}`, dictionary);
  return dictionaries;
}
