import { defaultGroup, type SparkplugTopic } from "@firebreak/wire/topics.ts";

/** What Sparkplug calls the edge node descriptor: unique in the infrastructure. */
export interface NodeName {
  readonly group: string;
  readonly edge: string;
}

/** Ids that are written to the journal. */
const maxIdBytes = 255;

/** The id by which the hub knows a node: its edge node id, with its group before it where that is not ours. */
export const gatewayIdOf = ({ group, edge }: NodeName): string =>
  group === defaultGroup ? edge : `${group}:${edge}`;

/**
 * The id of the machine that a message is about: in our group the device id; elsewhere device ids are unique only
 * within their node, so that its id comes before. What a node says of itself is a machine with the node's id.
 */
export function machineIdOf({ group, edge, device }: NodeName & { device?: string }): string {
  const node = gatewayIdOf({ group, edge });
  if (device === undefined) return node;
  return group === defaultGroup ? device : `${node}:${device}`;
}

/** Whether the ids of a topic can name nobody else, given the groups that are listened to, and can be written down. */
export function isPlainName(topic: SparkplugTopic, groups: readonly string[]): boolean {
  if (!groups.includes(topic.group)) return false;
  if (Buffer.byteLength(machineIdOf(topic)) > maxIdBytes) return false;
  const ids = [topic.edge, topic.device ?? ""];
  if (topic.group !== defaultGroup) return !ids.some((id) => id.includes(":"));
  return !groups.some((group) => ids.some((id) => id.startsWith(`${group}:`)));
}
