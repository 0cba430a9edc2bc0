import type { Clock } from "@firebreak/kit/clock.ts";
import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import type { BlackBox } from "./blackbox/black-box.ts";
import type { GatewayTime } from "./clock/gateway-time.ts";
import { type GatewayMachine, type GatewayOptions, gatewayDefaults } from "./gateway-options.ts";
import { MachinePipeline } from "./pipeline/machine-pipeline.ts";
import { runSource, type SourceRunner } from "./pipeline/source-runner.ts";
import type { SourceContext } from "./sources/source.ts";
import type { Spool } from "./spool/spool.ts";

/** A plug that was pulled and put back is found again within ten seconds. */
const reopen = { minMs: 1_000, capMs: 8_000 };

/** What turns the readings of a machine into batches in the spool. */
export function pipelineOf(
  { machineId, plan }: GatewayMachine,
  options: GatewayOptions & {
    readonly clock: Clock;
    readonly box: BlackBox;
    readonly onBroken: (error: unknown) => void;
  },
  spool: Spool,
): MachinePipeline {
  const notBeforeNs = spool.newestStampNs(machineId);
  return new MachinePipeline({
    machineId,
    acquisition: plan.acquisition,
    dictionary: dictionaryOfPlan(plan),
    sink: {
      append(content) {
        try {
          return spool.append(content);
        } catch (error) {
          // A source would take it for an error of its own, and never be opened again.
          options.onBroken(error);
          throw error;
        }
      },
      whenRoom: () => spool.whenRoom(),
    },
    ...(notBeforeNs === undefined ? {} : { notBeforeNs }),
    batchAgeMs: options.batchAgeMs ?? gatewayDefaults.batchAgeMs,
    clock: options.clock,
    onEvents: (events) => options.box.note(events),
  });
}

/** The sources of a machine, each ready to be run into its pipeline. */
export function runnersOf(
  { machineId, dictionary, intake }: MachinePipeline,
  { plan, sources }: GatewayMachine,
  {
    clock,
    log,
    time,
    onCan,
    onFrame,
    onExchange,
  }: Pick<SourceContext, "clock" | "log" | "onCan" | "onFrame" | "onExchange"> & {
    readonly time: GatewayTime;
  },
): SourceRunner[] {
  const { acquisition } = plan;
  const context = { machineId, acquisition, dictionary, clock, log };
  return sources({
    ...context,
    onTime: time.offer,
    ...(onCan ? { onCan } : {}),
    ...(onFrame ? { onFrame } : {}),
    ...(onExchange ? { onExchange } : {}),
  }).map((source) => runSource({ machineId, source, intake: time.over(intake), reopen, log }));
}
