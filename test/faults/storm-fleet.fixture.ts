/**
 * Edge nodes as gateways have them, with their own waits, in a process of their own: two ends of 10,000 connections are
 * more files than one process may have open. Arguments: the hub's address, the first number, how many. Told "cut" it
 * drops all links; tells each try and each session as {@link StormEvent}s, gathered.
 */
import { createHash } from "node:crypto";
import { systemClock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import type { EdgeNode } from "../../gateway/publish/edge-node.ts";
import { createEdgeNode } from "../../gateway/publish/sparkplug-edge-node.ts";

export interface StormEvent {
  readonly kind: "try" | "session";
  readonly of: string;
  /** By the clock of the computer, ms. */
  readonly atMs: number;
}

let events: StormEvent[] = [];
const note = (kind: StormEvent["kind"], of: string) =>
  void events.push({ kind, of, atMs: Date.now() });

function startNode(url: string, gatewayId: string): EdgeNode {
  let bdSeq = 0;
  const epoch = createHash("md5").update(gatewayId).digest("hex");
  const machines = { [`m-${gatewayId}`]: { produced: 0, suppressed: 0 } };
  const offer = {
    protocol: 1,
    storeId: null,
    epochs: [{ epoch, next: 1, held: [], machines }],
  } as const;
  const node = createEdgeNode({
    gatewayId,
    address: async () => {
      note("try", gatewayId);
      return { url, username: gatewayId, password: "any" };
    },
    nextBdSeq: () => bdSeq++ % 256,
    births: () => ({
      offer,
      devices: [{ machineId: `m-${gatewayId}`, signals: [], dictionaries: [] }],
    }),
    clock: systemClock,
    log: silentLogger,
  });
  node.events$.subscribe(({ kind }) => {
    if (kind === "session") note("session", gatewayId);
  });
  return node;
}

const [, , url = "", first = "0", count = "0"] = process.argv;
const nodes = Array.from({ length: Number(count) }, (_, at) =>
  startNode(url, `gw-${Number(first) + at}`),
);
setInterval(() => {
  if (events.length > 0) process.send?.(events);
  events = [];
}, 100);
process.on("message", () => {
  for (const node of nodes) node.dropLink("cut");
});
process.on("disconnect", () => process.exit(0));
