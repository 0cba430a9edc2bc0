import { join } from "node:path";
import type { Clock } from "@firebreak/kit/clock.ts";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import { metricNames } from "@firebreak/wire/session.ts";
import { ignoreElements, interval, merge, type Observable, tap } from "rxjs";
import { BlackBoxes } from "./blackbox/black-boxes.ts";
import { CaptureDesk } from "./blackbox/capture-desk.ts";
import { Breakage } from "./breakage.ts";
import { isClockBehind } from "./clock/clock-behind.ts";
import { GatewayTime } from "./clock/gateway-time.ts";
import { DataWatch } from "./data-watch.ts";
import { deviceBirths } from "./device-births.ts";
import {
  type Gateway,
  type GatewayMachine,
  type GatewayOptions,
  gatewayDefaults,
} from "./gateway-options.ts";
import type { GatewayStatus } from "./gateway-status.ts";
import { HealthWatch } from "./health/health-watch.ts";
import { type HubAccess, type HubWay, openHubWay } from "./hub-access.ts";
import { LayerOrders } from "./layer-orders.ts";
import type { InspectedMachine } from "./local/facts.ts";
import { pipelineOf, runnersOf } from "./machine-parts.ts";
import type { MachinePipeline } from "./pipeline/machine-pipeline.ts";
import type { SourceRunner } from "./pipeline/source-runner.ts";
import type { EdgeEvent, EdgeNode } from "./publish/edge-node.ts";
import type { BrokerAddress } from "./publish/mqtt-link.ts";
import { Publisher } from "./publish/publisher.ts";
import type { Route } from "./publish/route.ts";
import { createEdgeNode } from "./publish/sparkplug-edge-node.ts";
import type { CanHearing } from "./sources/source.ts";
import type { Spool } from "./spool/spool.ts";

const tickMs = 100;

/** A gateway from its open spool on: what is read, what is sent, and the ends of both. */
export class RunningGateway implements Gateway {
  readonly #gatewayId: string;
  readonly #spool: Spool;
  readonly #time: GatewayTime;
  readonly #can = new Map<string, CanHearing[]>();
  readonly #pipelines: readonly MachinePipeline[];
  readonly #runners: readonly SourceRunner[];
  #hubWay: HubWay | undefined;
  readonly #edge: EdgeNode;
  readonly #counted: ReturnType<DataWatch["counted"]>;
  readonly #publisher: Publisher;
  readonly #data: DataWatch;
  readonly #boxes: BlackBoxes;
  readonly #captures: CaptureDesk;
  readonly #health: HealthWatch;
  readonly #endings: { stopSources(): void; stopAll(): void };
  readonly #ended: Promise<void>;
  readonly #layer: LayerOrders | undefined;
  readonly #breakage: Breakage;
  #stopped: Promise<void> | undefined;

  constructor(options: GatewayOptions & { readonly clock: Clock }, spool: Spool) {
    const { gatewayId, clock, log } = options;
    this.#gatewayId = gatewayId;
    this.#spool = spool;
    this.#breakage = new Breakage(log, options.onBroken);
    const { note: onBroken } = this.#breakage;
    this.#time = new GatewayTime({
      clock,
      log: log.child({ component: "clock" }),
      ...(options.isNtpSynchronized ? { isNtpSynchronized: options.isNtpSynchronized } : {}),
      onSetBack: () => this.#onClockSetBack(log),
    });
    this.#health = new HealthWatch({
      clock,
      edge: () => this.#counted,
      status: () => this.status(),
      ...(options.healthLookMs === undefined ? {} : { lookEveryMs: options.healthLookMs }),
    });
    if (options.isNewEpoch || isClockBehind(options, spool)) spool.renewEpoch();
    const { layer } = options;
    this.#layer = layer && new LayerOrders({ layer, spool, edge: () => this.#edge, log });
    const address =
      typeof options.hub === "function" ? options.hub : this.#openWay(options.hub, options);
    const folder = join(options.spoolFolder, "black-box");
    this.#boxes = new BlackBoxes({
      folder,
      settings: options.blackBox,
      clock,
      log,
      announce: (machineId, event) =>
        this.#pipelines.find((one) => one.machineId === machineId)?.announce(event),
    });
    this.#pipelines = options.machines.map((machine) =>
      pipelineOf(machine, { ...options, onBroken, box: this.#boxes.of(machine.machineId) }, spool),
    );
    this.#edge = createEdgeNode({
      gatewayId,
      address,
      nextBdSeq: () => spool.nextBdSeq(),
      births: () => ({
        offer: spool.offer(),
        devices: deviceBirths(this.#pipelines, spool),
        health: this.#health.births(),
      }),
      onBirth: (bytes, machineId) => this.#data.born(bytes, machineId),
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
    this.#counted = this.#data.counted(this.#edge);
    this.#publisher = new Publisher({
      store: spool,
      edge: this.#counted,
      window: { ...gatewayDefaults.window, ...options.window },
      openingMs: options.openingMs ?? gatewayDefaults.openingMs,
      clock,
      log: log.child({ component: "publish" }),
    });
    this.#runners = this.#pipelines.flatMap((pipeline, at) =>
      runnersOf(pipeline, options.machines[at] as GatewayMachine, {
        ...options,
        time: this.#time,
        onFrame: this.#boxes.of(pipeline.machineId).put,
        onExchange: this.#boxes.of(pipeline.machineId).putExchange,
        onCan: (heard) => this.#onCan(pipeline.machineId, heard),
      }),
    );
    this.#captures = new CaptureDesk({
      boxes: this.#boxes,
      send: (metrics) => this.#edge.publishNode(metrics),
      isIdle: () => this.#publisher.isIdle,
      hasRoomFor: (machineId, bytes) => this.#data.hasRoomFor(machineId, bytes),
      onSent: (machineId, bytes) => this.#data.note(machineId, bytes),
      log: log.child({ component: "captures" }),
    });
    this.#boxes.announceAll();
    spool.onSendable((from) => this.#publisher.pump(from));
    spool.onRenewed(() => this.#edge.rebirth());
    let hasEnded = () => {};
    this.#ended = new Promise((resolve) => {
      hasEnded = resolve;
    });
    this.#endings = this.#run(hasEnded);
  }

  tellConfiguration(): void {
    this.#layer?.tell();
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

  inspect(): readonly InspectedMachine[] {
    return this.#pipelines.map((pipeline) => {
      const { machineId, acquisition, dictionary, watch } = pipeline;
      const runners = this.#runners.filter(({ status }) => status.machineId === machineId);
      const sources = runners.map(({ source }) => source);
      const can = this.#can.get(machineId) ?? [];
      return { machineId, acquisition, dictionary, watch, sources, can };
    });
  }

  /** As at a start with a clock that is behind what was spooled. */
  #onClockSetBack(log: Logger): void {
    log.warn({}, "the clock was set back, epoch renewed");
    for (const pipeline of this.#pipelines) pipeline.flush();
    try {
      this.#spool.renewEpoch();
    } catch (err) {
      // A full spool: what comes is wanted at its right time all the same.
      log.error({ err, code: errorCode(err) }, "epoch could not be renewed");
    }
    for (const pipeline of this.#pipelines) pipeline.clockSetBack();
    this.#edge.rebirth();
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
    await Promise.race([this.#ended, this.#breakage.happened]);
    const failed = this.#runners.find(({ failure }) => failure !== undefined);
    if (failed) throw failed.failure;
  }

  async drained(): Promise<void> {
    for (const pipeline of this.#pipelines) pipeline.flush();
    await this.#spool.sync();
    while (!this.#spool.isDrained && !this.#stopped) {
      this.#breakage.throwIfAny();
      await new Promise((resolve) => setTimeout(resolve, tickMs / 2));
    }
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
    try {
      // What was being recorded is told of, too.
      await this.#boxes.close();
      for (const pipeline of this.#pipelines) this.#breakage.guard(() => pipeline.flush());
      await this.#spool.sync();
      // Once more, for what has just come to disk.
      this.#publisher.tick();
      await this.#edge.disconnect();
    } finally {
      this.#endings.stopAll();
      this.#data.save();
      this.#hubWay?.identity?.stop();
      await this.#spool.close();
    }
  }

  /** The two places where streams come to life: what is read, and what is sent. */
  #run(hasEnded: () => void): { stopSources(): void; stopAll(): void } {
    const { note: error } = this.#breakage;
    const sources = merge(...this.#runners.map(({ states$ }) => states$)).subscribe({
      complete: hasEnded,
      error,
    });
    const ticks$ = interval(tickMs).pipe(tap(() => this.#tick()));
    const events$ = this.#edge.events$.pipe(tap((event) => this.#onEvent(event)));
    const others$: Observable<never> = merge(ticks$, events$).pipe(ignoreElements());
    const others = others$.subscribe({ error });
    return {
      stopSources: () => sources.unsubscribe(),
      stopAll: () => others.unsubscribe(),
    };
  }

  #onEvent(event: EdgeEvent): void {
    this.#publisher.onEvent(event);
    this.#health.onEvent(event);
    if (event.kind === "order" && event.metric === metricNames.captureOrder)
      this.#captures.take(event.text);
    this.#layer?.onEvent(event);
    if (event.kind === "hub-time") this.#time.noteHub(event);
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
    this.#captures.tick();
    this.#data.tick();
    this.#boxes.tick();
    this.#health.tick();
  }
}
