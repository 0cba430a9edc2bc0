/**
 * Edge nodes of other makers: births, aliases and plain metrics, journalled as batches that the hub makes itself, so
 * that everything behind the journal treats their machines like ours. They know no acknowledgement: nothing is sent
 * twice, and what is lost on the way, or while the hub is away, cannot be known.
 */
import type { Payload } from "@firebreak/wire/sparkplug-types.ts";
import type { HostOptions } from "../host-options.ts";
import type { NodeSession } from "../node-session.ts";
import { type ForeignStream, newForeignStream, piecesOf } from "./foreign-batches.ts";
import { type ForeignPiece, journalPiece } from "./journal-piece.ts";
import { type MetricTable, newMetricTable, takeBirth } from "./metric-table.ts";
import { samplesOf } from "./samples-of.ts";

export type ForeignIntakeOptions = Pick<
  HostOptions,
  "alarms" | "clock" | "delivery" | "onBatch"
> & {
  readonly askRebirth: (session: NodeSession) => boolean;
};

interface ForeignNode {
  table: MetricTable;
  readonly stream: ForeignStream;
}

export function createForeignIntake(options: ForeignIntakeOptions) {
  const nodes = new WeakMap<NodeSession, ForeignNode>();
  const nodeOf = (session: NodeSession): ForeignNode => {
    const known = nodes.get(session) ?? { table: newMetricTable(), stream: newForeignStream() };
    nodes.set(session, known);
    return known;
  };

  const journal = (session: NodeSession, arrived: Omit<ForeignPiece, "gatewayId">) => {
    const { gatewayId, counts } = session;
    journalPiece(options, { gatewayId, ...arrived });
    counts.batches++;
    counts.foreignSamples += arrived.piece.length;
  };
  const take = (
    session: NodeSession,
    machineId: string,
    { payload, isBirth }: { readonly payload: Payload; readonly isBirth: boolean },
  ) => {
    const { table, stream } = nodeOf(session);
    const arrivedMs = options.clock.nowMs();
    const { samples, skipped, unknown } = samplesOf(table, machineId, {
      payload,
      arrivedMs,
      isBirth,
    });
    session.counts.foreignSkipped += skipped;
    if (unknown > 0) {
      session.counts.beforeBirth++;
      options.askRebirth(session);
    }
    const dictionary = table.machines.get(machineId)?.dictionary;
    if (!dictionary || samples.length === 0) return;
    for (const isHistorical of [false, true]) {
      const some = samples.filter((sample) => sample.isHistorical === isHistorical);
      for (const piece of piecesOf(some))
        journal(session, { machineId, dictionary, stream, piece, isHistorical, arrivedMs });
    }
  };

  return {
    /** A new session: what births of the one before said counts no more. */
    begin(session: NodeSession): void {
      const known = nodes.get(session);
      if (known) known.table = newMetricTable(known.table);
    },
    /** A birth of a machine, or of the node itself: metrics and their values of now. True when there are signals. */
    birth(session: NodeSession, machineId: string, payload: Payload): boolean {
      const { table } = nodeOf(session);
      const { machine, beyond, isAmbiguous } = takeBirth(table, machineId, payload.metrics);
      if (isAmbiguous) options.alarms.raise("ambiguous-alias", session.gatewayId, machineId);
      if (beyond > 0) options.alarms.raise("too-many-signals", session.gatewayId, machineId);
      take(session, machineId, { payload, isBirth: true });
      return machine.dictionary.signals.length > 0;
    },
    /** Values of metrics that births have told of. */
    data: (session: NodeSession, machineId: string, payload: Payload): void =>
      take(session, machineId, { payload, isBirth: false }),
  };
}
