import { join } from "node:path";
import { type Clock, systemClock } from "@firebreak/kit/clock.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import { dictionaryOfPlan } from "@firebreak/plans/load-plans.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { ignoreElements, interval, merge, type Observable, tap } from "rxjs";
import type { BlackBox, BlackBoxSettings } from "./blackbox/black-box.ts";
import { BlackBoxes } from "./blackbox/black-boxes.ts";
import { isClockBehind } from "./clock/clock-behind.ts";
import { GatewayTime } from "./clock/gateway-time.ts";
import { DataWatch } from "./data-watch.ts";
import type { GatewayStatus } from "./gateway-status.ts";
import { type HubAccess, type HubWay, openHubWay } from "./hub-access.ts";
import type { InspectedMachine } from "./local/facts.ts";
import { MachinePipeline } from "./pipeline/machine-pipeline.ts";
import { runSource, type SourceRunner } from "./pipeline/source-runner.ts";
import type { DataBudget } from "./publish/data-budget.ts";
import { Publisher } from "./publish/publisher.ts";
import type { Route } from "./publish/route.ts";
import {
  type BrokerAddress,
  createEdgeNode,
  type EdgeEvent,
  type EdgeNode,
} from "./publish/sparkplug-edge-node.ts";
import type { WindowOptions } from "./publish/window.ts";
import type { CanHearing, Source, SourceContext } from "./sources/source.ts";
import { Spool } from "./spool/spool.ts";
import { defaultMemoryBytes } from "./spool/spool-options.ts";

export type { GatewayStatus } from "./gateway-status.ts";

export interface GatewayMachine {
  readonly machineId: string;
  readonly plan: Plan;
  readonly dataBudget?: DataBudget;
  /** Called once, when the machine's dictionary is known. */
  readonly sources: (context: SourceContext) => readonly Source[];
}

export interface GatewayOptions {
  readonly gatewayId: string;
  readonly hub: HubAccess | BrokerAddress | (() => Promise<BrokerAddress>);
  readonly spoolFolder: string;
  /** Bound of the spool on disk, bytes. */
  readonly spoolBytes?: number;
  /** Bound of what is kept in memory while the disk takes nothing, bytes. */
  readonly memoryBytes?: number;
  readonly machines: readonly GatewayMachine[];
  /** Raw frames around trouble codes; what is left out has its default. */
  readonly blackBox?: Partial<BlackBoxSettings>;
  /** Begins a new numbering and time line, as a replay must. */
  readonly isNewEpoch?: boolean;
  /** A batch leaves the pipeline at this age, ms. */
  readonly batchAgeMs?: number;
  /** At most so much of the newest data is lost in a power cut, ms. */
  readonly syncIntervalMs?: number;
  readonly reconnect?: { readonly minMs: number; readonly capMs: number };
  readonly window?: Partial<WindowOptions>;
  readonly keepaliveSeconds?: number;
  /** So long one address of a broker may take to answer, ms. */
  readonly connectTimeoutMs?: number;
  /** Addresses of a name; default: the system's resolver. */
  readonly lookup?: (host: string) => Promise<readonly string[]>;
  /** How often it is looked at whether the certificate is due for renewal, ms. */
  readonly certificateLookMs?: number;
  readonly clock?: Clock;
  readonly log: Logger;
}

export interface Gateway {
  status(): GatewayStatus;
  /** Stores the raw frames around now; false if there are none, or a recording runs already. */
  recordBlackBox(machineId: string): boolean;
  /** Where a stored capture of a machine lies; undefined if there is none of this name. */
  captureFile(machineId: string, name: string): string | undefined;
  /** What came of every signal, and the sources it comes from, to find what is wrong with an installation. */
  inspect(): readonly InspectedMachine[];
  /** Resolves when every source has come to its end; fails with the error of one that failed for good. */
  ended(): Promise<void>;
  /** Resolves when everything produced so far is on disk and acknowledged by the hub. */
  drained(): Promise<void>;
  /** Stops reading, brings what is in memory to disk, says goodbye to the hub. What is not acknowledged stays. */
  stop(): Promise<void>;
}

export const gatewayDefaults = {
  spoolBytes: 1024 * 1024 * 1024,
  memoryBytes: defaultMemoryBytes,
  batchAgeMs: 1_000,
  syncIntervalMs: 500,
  reconnect: { minMs: 1_000, capMs: 120_000 },
  window: {
    maxBytes: 1024 * 1024,
    maxBatches: 512,
    backlogShare: 0.75,
    smallBacklogBytes: 128 * 1024,
    stallMs: 10_000,
    startBytes: 64 * 1024,
    targetMs: 4_000,
  },
  keepaliveSeconds: 20,
} as const;

const tickMs = 100;
/** A plug that was pulled and put back is found again within ten seconds. */
const reopen = { minMs: 1_000, capMs: 8_000 };

/**
 * Starts a gateway: sources → shape → batches → spool → hub. Resolves as soon as the spool is open; whether the hub
 * is there does not matter.
 * @throws CodedError FOLDER_IN_USE (the spool has another user), LOG_VERSION_UNSUPPORTED; errors of reading the spool
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { gatewayId, spoolFolder, clock = systemClock } = options;
  const log = options.log.child({ gatewayId });
  const spool = await Spool.open({
    gatewayId,
    folder: spoolFolder,
    maxBytes: options.spoolBytes ?? gatewayDefaults.spoolBytes,
    syncIntervalMs: options.syncIntervalMs ?? gatewayDefaults.syncIntervalMs,
    ...(options.memoryBytes === undefined ? {} : { memoryBytes: options.memoryBytes }),
    clock,
    log: log.child({ component: "spool" }),
  });
  try {
    return new RunningGateway({ ...options, clock, log }, spool);
  } catch (error) {
    await spool.close();
    throw error;
  }
}

class RunningGateway implements Gateway {
  readonly #gatewayId: string;
  readonly #spool: Spool;
  readonly #time: GatewayTime;
  readonly #machines: readonly GatewayMachine[];
  readonly #can = new Map<string, CanHearing[]>();
  readonly #pipelines: readonly MachinePipeline[];
  readonly #runners: readonly SourceRunner[];
  #hubWay: HubWay | undefined;
  readonly #edge: EdgeNode;
  readonly #publisher: Publisher;
  readonly #data: DataWatch;
  readonly #boxes: BlackBoxes;
  readonly #endings: { stopSources(): void; stopAll(): void };
  readonly #ended: Promise<void>;
  #stopped: Promise<void> | undefined;

  constructor(options: GatewayOptions & { readonly clock: Clock }, spool: Spool) {
    const { gatewayId, clock, log } = options;
    this.#gatewayId = gatewayId;
    this.#spool = spool;
    this.#machines = options.machines;
    this.#time = new GatewayTime({ clock, log: log.child({ component: "clock" }) });
    if (options.isNewEpoch || isClockBehind(options, spool)) spool.renewEpoch();
    const address =
      typeof options.hub === "function" ? options.hub : this.#openWay(options.hub, options);
    const folder = join(options.spoolFolder, "black-box");
    this.#boxes = new BlackBoxes({ folder, settings: options.blackBox, clock, log });
    this.#pipelines = options.machines.map((machine) =>
      pipelineOf(machine, { ...options, box: this.#boxes.of(machine.machineId) }, spool),
    );
    this.#edge = createEdgeNode({
      gatewayId,
      address,
      nextBdSeq: () => spool.nextBdSeq(),
      births: () => ({ offer: spool.offer(), devices: this.#deviceBirths() }),
      reconnect: options.reconnect ?? gatewayDefaults.reconnect,
      keepaliveSeconds: options.keepaliveSeconds ?? gatewayDefaults.keepaliveSeconds,
      ...(options.connectTimeoutMs === undefined
        ? {}
        : { connectTimeoutMs: options.connectTimeoutMs }),
      clock,
      log: log.child({ component: "edge" }),
    });
    const machines = this.#pipelines.map((pipeline, at) => {
      return { pipeline, dataBudget: options.machines[at]?.dataBudget };
    });
    this.#data = new DataWatch({ folder: options.spoolFolder, machines, clock, log });
    this.#publisher = new Publisher({
      store: spool,
      edge: this.#data.counted(this.#edge),
      window: { ...gatewayDefaults.window, ...options.window },
      clock,
      log: log.child({ component: "publish" }),
    });
    this.#runners = this.#pipelines.flatMap((pipeline, at) =>
      runnersOf(pipeline, options.machines[at] as GatewayMachine, {
        ...options,
        time: this.#time,
        onFrame: this.#boxes.of(pipeline.machineId).put,
        onCan: (heard) => this.#onCan(pipeline.machineId, heard),
      }),
    );
    spool.onSendable((from) => this.#publisher.pump(from));
    spool.onRenewed(() => this.#edge.rebirth());
    let hasEnded = () => {};
    this.#ended = new Promise((resolve) => {
      hasEnded = resolve;
    });
    this.#endings = this.#run(hasEnded, log);
  }

  status(): GatewayStatus {
    return {
      gatewayId: this.#gatewayId,
      sources: this.#runners.map(({ status }) => status),
      link: this.#publisher.status(),
      certificate: this.#hubWay?.identity?.status() ?? null,
      spool: this.#spool.status(),
      time: this.#time.status(),
      data: this.#data.status(),
      blackBoxes: this.#boxes.status(),
    };
  }

  recordBlackBox(machineId: string): boolean {
    return this.#hasMachine(machineId) && this.#boxes.of(machineId).request();
  }

  captureFile(machineId: string, name: string): string | undefined {
    return this.#hasMachine(machineId) ? this.#boxes.of(machineId).pathOf(name) : undefined;
  }

  #hasMachine(machineId: string): boolean {
    return this.#machines.some((machine) => machine.machineId === machineId);
  }

  inspect(): readonly InspectedMachine[] {
    return this.#pipelines.flatMap(({ machineId, dictionary, watch }, at) => {
      const acquisition = this.#machines[at]?.plan.acquisition;
      const runners = this.#runners.filter(({ status }) => status.machineId === machineId);
      const sources = runners.map(({ source }) => source);
      const can = this.#can.get(machineId) ?? [];
      return acquisition ? [{ machineId, acquisition, dictionary, watch, sources, can }] : [];
    });
  }

  /** A source that opens its buses again begins anew; what was heard before is worth a while. */
  #onCan(machineId: string, heard: CanHearing): void {
    const before = this.#can.get(machineId) ?? [];
    this.#can.set(machineId, [...before, heard].slice(-8));
  }

  #openWay(
    hub: HubAccess | BrokerAddress,
    options: GatewayOptions & { readonly clock: Clock },
  ): Route {
    const access = "urls" in hub ? hub : { ...hub, urls: [hub.url] };
    this.#hubWay = openHubWay(access, {
      ...options,
      onRenewed: () => this.#edge.dropLink("the certificate was renewed"),
    });
    return this.#hubWay.route;
  }

  async ended(): Promise<void> {
    await this.#ended;
    const failed = this.#runners.find(({ failure }) => failure !== undefined);
    if (failed) throw failed.failure;
  }

  async drained(): Promise<void> {
    for (const pipeline of this.#pipelines) pipeline.flush();
    await this.#spool.sync();
    while (!this.#spool.isDrained && !this.#stopped)
      await new Promise((resolve) => setTimeout(resolve, tickMs / 2));
    if (!this.#spool.isDrained)
      throw new CodedError(
        "GATEWAY_STOPPED",
        "The gateway was stopped before the hub had everything.",
      );
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#endings.stopSources();
    for (const pipeline of this.#pipelines) pipeline.flush();
    try {
      await this.#spool.sync();
      // Once more, for what has just come to disk.
      this.#publisher.tick();
      await this.#edge.disconnect();
    } finally {
      this.#endings.stopAll();
      this.#data.save();
      this.#hubWay?.identity?.stop();
      await this.#boxes.close();
      await this.#spool.close();
    }
  }

  /** The two places where streams come to life: what is read, and what is sent. */
  #run(hasEnded: () => void, log: Logger): { stopSources(): void; stopAll(): void } {
    const fail = (error: unknown) => log.fatal({ err: error }, "gateway broke");
    const sources = merge(...this.#runners.map(({ states$ }) => states$)).subscribe({
      complete: hasEnded,
      error: fail,
    });
    const ticks$ = interval(tickMs).pipe(tap(() => this.#tick()));
    const events$ = this.#edge.events$.pipe(tap((event) => this.#onEvent(event)));
    const others$: Observable<never> = merge(ticks$, events$).pipe(ignoreElements());
    const others = others$.subscribe({ error: fail });
    return {
      stopSources: () => sources.unsubscribe(),
      stopAll: () => others.unsubscribe(),
    };
  }

  #onEvent(event: EdgeEvent): void {
    this.#publisher.onEvent(event);
    const identity = this.#hubWay?.identity;
    if (event.kind !== "disconnected" || !event.isRefused || !identity) return;
    identity.refused();
    void identity.explain().then((detail) => {
      if (detail) this.#publisher.explainRefusal(detail);
    });
  }

  #tick(): void {
    this.#time.tick();
    for (const pipeline of this.#pipelines) pipeline.tick();
    this.#publisher.tick();
    this.#data.tick();
    this.#boxes.tick();
  }

  /** Every configured machine, and those that only have batches left. */
  #deviceBirths() {
    const configured = this.#pipelines.map((pipeline) => {
      const { machineId, dictionary } = pipeline;
      const held = this.#spool.dictionariesOf(machineId);
      const dictionaries = held.some(({ hash }) => hash === dictionary.hash)
        ? held
        : [...held, dictionary];
      return { machineId, signals: pipeline.lastValues(), dictionaries };
    });
    const known = new Set(configured.map(({ machineId }) => machineId));
    const left = this.#spool.heldMachines().filter((machineId) => !known.has(machineId));
    return [
      ...configured,
      ...left.map((machineId) => {
        const dictionaries = this.#spool.dictionariesOf(machineId);
        const names = new Set(
          dictionaries.flatMap(({ signals }) => signals.map(({ name }) => name)),
        );
        const signals = [...names].map((name) => ({ name, value: null }));
        return { machineId, signals, dictionaries };
      }),
    ];
  }
}

function pipelineOf(
  { machineId, plan }: GatewayMachine,
  options: GatewayOptions & { readonly clock: Clock; readonly box: BlackBox },
  spool: Spool,
): MachinePipeline {
  const notBeforeNs = spool.newestStampNs(machineId);
  return new MachinePipeline({
    machineId,
    acquisition: plan.acquisition,
    dictionary: dictionaryOfPlan(plan),
    sink: spool,
    ...(notBeforeNs === undefined ? {} : { notBeforeNs }),
    batchAgeMs: options.batchAgeMs ?? gatewayDefaults.batchAgeMs,
    clock: options.clock,
    onEvents: (events) => options.box.note(events),
  });
}

function runnersOf(
  { machineId, dictionary, intake }: MachinePipeline,
  { plan, sources }: GatewayMachine,
  {
    clock,
    log,
    time,
    onCan,
    onFrame,
  }: Pick<SourceContext, "clock" | "log" | "onCan" | "onFrame"> & { readonly time: GatewayTime },
): SourceRunner[] {
  const { acquisition } = plan;
  const context = { machineId, acquisition, dictionary, clock, log };
  return sources({
    ...context,
    onTime: time.offer,
    ...(onCan ? { onCan } : {}),
    ...(onFrame ? { onFrame } : {}),
  }).map((source) => runSource({ machineId, source, intake: time.over(intake), reopen, log }));
}
