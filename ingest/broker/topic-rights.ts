import { defaultGroup, parseTopic, stateTopic } from "@firebreak/wire/topics.ts";

const mayPublish = new Set(["NBIRTH", "NDEATH", "NDATA", "DBIRTH", "DDATA", "DDEATH"]);

/** Whether a gateway may publish here: its own births, data and deaths, for its own machines only. */
export function canPublish(gatewayId: string, machines: readonly string[], topic: string): boolean {
  const parsed = parseTopic(topic);
  if (!parsed || parsed.type === "STATE") return false;
  if (parsed.group !== defaultGroup || parsed.edge !== gatewayId) return false;
  if (!mayPublish.has(parsed.type)) return false;
  return parsed.device === undefined || machines.includes(parsed.device);
}

/** Whether a gateway may subscribe to this: commands to itself and the hub's state; no other wildcard. */
export function canSubscribe(gatewayId: string, filter: string): boolean {
  const own = [
    stateTopic,
    "spBv1.0/STATE/+",
    `spBv1.0/${defaultGroup}/NCMD/${gatewayId}`,
    `spBv1.0/${defaultGroup}/DCMD/${gatewayId}/+`,
  ];
  if (own.includes(filter)) return true;
  const parsed = parseTopic(filter);
  return parsed?.type === "DCMD" && parsed.group === defaultGroup && parsed.edge === gatewayId;
}
