/** The Sparkplug group of all our gateways. */
export const defaultGroup = "firebreak";

/** The host application id of the hub. */
export const hostId = "firebreak-hub";

/** Where the hub says whether it is online: JSON, QoS 1, retained. */
export const stateTopic = `spBv1.0/STATE/${hostId}`;

const messageTypes = [
  "NBIRTH",
  "NDEATH",
  "NDATA",
  "NCMD",
  "DBIRTH",
  "DDEATH",
  "DDATA",
  "DCMD",
] as const;
export type MessageType = (typeof messageTypes)[number];

export interface SparkplugTopic {
  readonly group: string;
  readonly type: MessageType;
  /** Edge node id: the gateway. */
  readonly edge: string;
  /** Device id: the machine. Present exactly in the D... messages. */
  readonly device?: string;
}

export interface StateTopic {
  readonly type: "STATE";
  readonly hostId: string;
}

const namespace = "spBv1.0";
const maxIdBytes = 128;
const isMessageType = (text: string): text is MessageType =>
  (messageTypes as readonly string[]).includes(text);

/** The topic of one Sparkplug message; the ids have passed `checkId`. */
export function sparkplugTopic({ group, type, edge, device }: SparkplugTopic): string {
  const node = `${namespace}/${group}/${type}/${edge}`;
  return device === undefined ? node : `${node}/${device}`;
}

/**
 * What a topic names; undefined for anything that is not a Sparkplug topic with valid ids.
 * @see Sparkplug 3.0, topics: D... messages carry a device, N... messages none.
 */
export function parseTopic(topic: string): SparkplugTopic | StateTopic | undefined {
  const [space, group = "", type = "", edge, device, ...rest] = topic.split("/");
  if (space !== namespace || rest.length > 0) return undefined;
  if (group === "STATE")
    return edge === undefined && checkId(type) === undefined
      ? { type: "STATE", hostId: type }
      : undefined;
  if (!isMessageType(type) || edge === undefined) return undefined;
  if ((device !== undefined) !== type.startsWith("D")) return undefined;
  if (checkId(group) ?? checkId(edge)) return undefined;
  if (device === undefined) return { group, type, edge };
  return checkId(device) === undefined ? { group, type, edge, device } : undefined;
}

/** What is wrong with a group, gateway, machine or host id; undefined when it may be used. */
export function checkId(text: string): string | undefined {
  if (text.length === 0) return "is empty";
  if (!text.isWellFormed()) return "is not valid Unicode";
  if (Buffer.byteLength(text) > maxIdBytes) return `is longer than ${maxIdBytes} bytes`;
  if (/[+/#]/.test(text)) return "contains +, / or #";
  if (/\p{Cc}/u.test(text)) return "contains a control character";
  return undefined;
}
