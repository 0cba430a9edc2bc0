import { join } from "node:path";
import { type Clock, systemClock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import type { BatchHeader } from "@firebreak/wire/batch.ts";
import { readBatchHeader } from "@firebreak/wire/batch-block.ts";
import { metricNames } from "@firebreak/wire/session.ts";
import { DataType, encodePayload } from "@firebreak/wire/sparkplug-payload.ts";
import type { Metric, Payload } from "@firebreak/wire/sparkplug-types.ts";
import { type MessageType, sparkplugTopic } from "@firebreak/wire/topics.ts";
import { createAcknowledger } from "../delivery/acknowledger.ts";
import { openDelivery } from "../delivery/delivery.ts";
import { temporaryFolder } from "../ingest.fixture.ts";
import { openJournal } from "../journal/journal.ts";
import { decodeRecord } from "../journal/record.ts";
import { LiveViewKeeper } from "../live/live-view.ts";
import { createAlarms } from "./alarms.ts";
import type { ArrivedBatch, HostOptions, MachineState } from "./host-options.ts";
import { gatewayIdOf } from "./node-name.ts";
import type { NodeSession } from "./node-session.ts";
import { SparkplugHost } from "./sparkplug-host.ts";

/** The host with a journal of its own and without a broker: messages are put in, what comes of them is seen. */
export interface HostUnderTest {
  readonly host: SparkplugHost;
  readonly live: LiveViewKeeper;
  readonly states: MachineState[];
  readonly arrived: ArrivedBatch[];
  /** Headers of what the journal has at the places that were told with them. */
  readonly journalled: BatchHeader[];
  /** Nodes asked to be born again. */
  readonly rebirths: string[];
  /** Gateways an acknowledgement was sent to. */
  readonly acknowledged: string[];
  readonly alarms: () => string[];
  readonly quarantined: () => { readonly topic: string; readonly reason: string }[];
  send(type: MessageType, payload: Payload | Uint8Array, device?: string): void;
  node(): NodeSession;
  close(): Promise<void>;
}

export interface UnderTestOptions extends Partial<Pick<HostOptions, "groups" | "machinesOf">> {
  readonly reorderTimeoutMs?: number;
  readonly clock?: Clock;
  readonly group?: string;
  readonly edge?: string;
}

export async function startHostUnderTest(options: UnderTestOptions = {}): Promise<HostUnderTest> {
  const { clock = systemClock, group = "firebreak", edge = "plc-7", ...rest } = options;
  const folder = temporaryFolder();
  const log = silentLogger;
  const journal = await openJournal({ folder: join(folder.path, "journal"), log, clock });
  const delivery = openDelivery({
    path: join(folder.path, "delivery.sqlite"),
    journal,
    storeId: "store",
    clock,
    log,
    onSettled: (gatewayId, epoch) => acknowledger.due(gatewayId, epoch),
  });
  const acknowledged: string[] = [];
  const acknowledger = createAcknowledger({
    clock,
    spacingMs: 1,
    send: (gatewayId) => acknowledged.push(gatewayId),
  });
  const live = new LiveViewKeeper(clock);
  const [states, arrived, rebirths] = [[] as MachineState[], [] as ArrivedBatch[], [] as string[]];
  const journalled: BatchHeader[] = [];
  const alarms = createAlarms(clock, () => {});
  const host = new SparkplugHost({
    storeId: "store",
    delivery,
    acknowledger,
    alarms,
    clock,
    log,
    machinesOf: () => undefined,
    reorderTimeoutMs: 60,
    ...rest,
    requestRebirth: (node) => rebirths.push(gatewayIdOf(node)),
    onBatch(batch, position) {
      arrived.push(batch);
      const [found] = journal.read(position, 1).records;
      const record = found?.position === position ? decodeRecord(found.payload) : undefined;
      if (record?.kind === "batch") journalled.push(readBatchHeader(record.block));
      live.take(batch);
    },
    onMachine(state) {
      states.push(state);
      live.setOnline(state);
    },
  });
  return {
    host,
    live,
    states,
    arrived,
    journalled,
    rebirths,
    acknowledged,
    alarms: () => alarms.list().map(({ kind }) => kind),
    quarantined: () => delivery.quarantine({ limit: 1_000 }),
    send(type, payload, device) {
      const name = { group, type, edge };
      const topic = sparkplugTopic(device === undefined ? name : { ...name, device });
      host.take(topic, payload instanceof Uint8Array ? payload : encodePayload(payload));
    },
    node: () =>
      host.nodes.find(({ gatewayId }) => gatewayId === gatewayIdOf({ group, edge })) as NodeSession,
    async close() {
      host.close();
      acknowledger.close();
      live.close();
      delivery.close();
      await journal.close();
      folder.remove();
    },
  };
}

export const bdSeq = (value: number): Metric => ({
  name: metricNames.sequence,
  datatype: DataType.Int64,
  value,
});

/** A birth of a node of another maker. */
export const plainBirth = (sequence: number, metrics: readonly Metric[] = []): Payload => ({
  timestampMs: Date.now(),
  seq: 0,
  metrics: [
    bdSeq(sequence),
    { name: metricNames.rebirth, datatype: DataType.Boolean, value: false },
    ...metrics,
  ],
});

/** Time and value of everything that arrived of one signal of a machine, in order of arrival. */
export const seriesOf = (under: HostUnderTest, machineId: string, signal: string) =>
  under.arrived
    .filter((batch) => batch.machineId === machineId)
    .flatMap(({ batch: { samples }, dictionary }) =>
      Array.from({ length: samples.length }, (_, row) => ({
        name: dictionary?.signals[samples.signal[row] ?? -1]?.name,
        t: Number(samples.timeNs(row) / 1_000_000n),
        value: samples.value[row] ?? Number.NaN,
        quality: samples.quality[row],
      })),
    )
    .filter(({ name }) => name === signal)
    .map(({ t, value, quality }) => ({ t, value, quality }));
