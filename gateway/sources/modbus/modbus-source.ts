import { CodedError } from "@firebreak/kit/coded-error.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { Observable, type Subscriber } from "rxjs";
import { nowNs } from "../now-ns.ts";
import { pause } from "../pause.ts";
import type { DeviceStatus, Intake, Source, SourceContext, SourceState } from "../source.ts";
import * as schedule from "./bus-schedule.ts";
import { CloserLooks } from "./closer-look.ts";
import {
  type BlockState,
  countOutcome,
  type DeviceState,
  devicesOf,
  isPermanent,
  isUnreachable,
  newBlock,
} from "./device-state.ts";
import {
  type Hear,
  type ModbusClient,
  noCounts,
  type ReadFailure,
  type ReadOutcome,
} from "./modbus-client.ts";
import type { RtuConfig, TcpConfig } from "./modbus-config.ts";
import { updateAuxiliary } from "./registers/auxiliary-register.ts";
import { decodeRegister } from "./registers/decode-register.ts";
import { halves } from "./registers/plan-reads.ts";
import { openRtu } from "./rtu-client.ts";
import { connectTcp } from "./tcp-client.ts";

/** Reads the devices behind one Modbus TCP connection. */
export const modbusTcpSource = (config: TcpConfig, context: SourceContext): Source =>
  new ModbusSource(context, {
    ...config,
    name: `modbus-tcp ${config.host}:${config.port}`,
    isLine: false,
    connect: (counts) =>
      connectTcp(config, counts, hearing(context, `${config.host}:${config.port}`)),
  });

/** Reads the devices on one serial line. */
export const modbusRtuSource = (config: RtuConfig, context: SourceContext): Source =>
  new ModbusSource(context, {
    ...config,
    name: `modbus-rtu ${config.port}`,
    isLine: true,
    connect: (counts) => openRtu(config, counts, hearing(context, config.port)),
  });

const hearing =
  ({ onExchange, clock }: SourceContext, bus: string): Hear =>
  (direction, bytes) =>
    onExchange?.(bus, direction, bytes, nowNs(clock));

interface Connection {
  readonly name: string;
  readonly devices?: readonly string[];
  readonly timeoutMs: number;
  readonly retries: number;
  /** A serial line is not opened again for silence: that helps nothing there. */
  readonly isLine: boolean;
  connect(counts: ReturnType<typeof noCounts>): Promise<ModbusClient>;
}

/** After so many requests without an answer from anybody a TCP connection itself is suspected. */
const silentRequests = 2;
/** While nothing is due, it is looked so often whether an installer asks for something. */
const longestNapMs = 500;

class ModbusSource implements Source {
  readonly name: string;
  readonly #connection: Connection;
  readonly #context: SourceContext;
  readonly #devices: readonly DeviceState[];
  readonly #linkCounts = noCounts();
  readonly #looks: CloserLooks;

  constructor(context: SourceContext, connection: Connection) {
    this.name = connection.name;
    this.#connection = connection;
    this.#context = context;
    this.#devices = devicesOf(connection, context);
    this.#looks = new CloserLooks(this.#devices, context);
  }

  open(intake: Intake): Observable<SourceState> {
    return new Observable((subscriber) => {
      const ending = new AbortController();
      this.#run(intake, subscriber, ending.signal).catch((error: unknown) => {
        if (ending.signal.aborted) return;
        for (const device of this.#devices) this.#allDead(device, intake);
        subscriber.error(error);
      });
      return () => ending.abort();
    });
  }

  lookCloser(): ReturnType<CloserLooks["ask"]> {
    return this.#looks.ask();
  }

  counters(): Readonly<Record<string, number>> {
    const sum = (key: keyof DeviceState["counts"]) =>
      this.#devices.reduce((total, { counts }) => total + counts[key], 0);
    const counters: Record<string, number> = {
      ...this.#linkCounts,
      requests: sum("requests"),
      answers: sum("answers"),
      exceptions: sum("exceptions"),
      noAnswers: sum("silences"),
      garbled: sum("garbled"),
      retries: sum("retries"),
      busMs: Math.round(sum("busMs")),
    };
    for (const { name, counts, errorShare } of this.#devices) {
      counters[`${name}.requests`] = counts.requests;
      counters[`${name}.errors`] = counts.exceptions + counts.silences + counts.garbled;
      counters[`${name}.errorPercent`] = Math.round(errorShare * 1_000) / 10;
      counters[`${name}.busMs`] = Math.round(counts.busMs);
    }
    return counters;
  }

  devices(): readonly DeviceStatus[] {
    return this.#devices.map(({ name, failures, errorShare }) => ({
      device: name,
      isAnswering: failures === 0,
      errorPercent: Math.round(errorShare * 1_000) / 10,
    }));
  }

  async #run(
    intake: Intake,
    subscriber: Subscriber<SourceState>,
    ending: AbortSignal,
  ): Promise<void> {
    const { clock } = this.#context;
    const client = await this.#connection.connect(this.#linkCounts);
    // At once, so that whoever opens the port next finds it free.
    ending.addEventListener("abort", () => void client.close(), { once: true });
    try {
      for (const device of this.#devices)
        device.dueMs = Math.max(device.dueMs, clock.monotonicMs());
      let silences = 0;
      let sinceSuspect = Number.POSITIVE_INFINITY;
      while (!ending.aborted) {
        await this.#looks.over(client);
        const device = schedule.nextDevice(this.#devices, clock.monotonicMs(), sinceSuspect);
        const untilDueMs = device.dueMs - clock.monotonicMs();
        await pause(Math.min(untilDueMs, longestNapMs), ending);
        if (untilDueMs > longestNapMs) continue;
        if (ending.aborted) return;
        const isThere = await this.#poll(device, client, intake);
        silences = isThere ? 0 : silences + 1;
        sinceSuspect = isThere ? sinceSuspect + 1 : 0;
        subscriber.next(this.#state());
        if (silences >= silentRequests && !this.#connection.isLine) throw gone("no device answers");
      }
    } finally {
      await client.close();
    }
  }

  /** One round of one device, or what is left of it; false if nobody was there. */
  async #poll(device: DeviceState, client: ModbusClient, intake: Intake): Promise<boolean> {
    const { clock } = this.#context;
    for (; device.nextBlock < device.blocks.length; device.nextBlock++) {
      const block = device.blocks[device.nextBlock];
      if (block === undefined || block.quietUntilMs > clock.monotonicMs()) continue;
      const beginMs = clock.monotonicMs();
      const outcome = await this.#read(device, block, client);
      if ("words" in outcome) {
        block.isDead = false;
        block.failures = 0;
        device.tries = 0;
        intake.deliver(this.#decode(block, outcome.words), []);
      } else if (!this.#isOnlyThisBlock(device, block, outcome.failure, intake))
        return this.#noAnswer(device, outcome.failure, clock.monotonicMs() - beginMs, intake);
    }
    device.nextBlock = 0;
    if (device.failures > 0)
      this.#context.log.info({ source: this.name, device: device.name }, "device answers again");
    device.trouble = device.blocks.some(({ isDead }) => isDead) ? "not everything" : "";
    schedule.answered(device, clock.monotonicMs());
    return true;
  }

  /** One block; a spoilt answer is asked for again at once, for it has come and cannot be late. */
  async #read(
    device: DeviceState,
    { read: block }: BlockState,
    client: ModbusClient,
  ): Promise<ReadOutcome> {
    const { clock } = this.#context;
    const { unitId, quietMs, counts } = device;
    for (let tries = device.failures > 0 ? this.#connection.retries : 0; ; tries++) {
      const beginMs = clock.monotonicMs();
      const timeoutMs = schedule.patienceMs(device);
      const outcome = await client.read({ unitId, block, timeoutMs, quietMs });
      const tookMs = clock.monotonicMs() - beginMs;
      countOutcome(device, "failure" in outcome, tookMs);
      if (!("failure" in outcome)) {
        counts.answers++;
        device.slowestMs = Math.max(device.slowestMs ?? 0, tookMs);
        return outcome;
      }
      const { kind } = outcome.failure;
      if (kind === "exception") counts.exceptions++;
      if (kind === "silence") counts.silences++;
      if (kind !== "garbled") return outcome;
      counts.garbled++;
      if (tries >= this.#connection.retries) return outcome;
      counts.retries++;
    }
  }

  /** A block that the device refuses is halved, or left alone for a while; the others of the device go on. */
  #isOnlyThisBlock(
    device: DeviceState,
    block: BlockState,
    failure: ReadFailure,
    intake: Intake,
  ): boolean {
    if (failure.kind !== "exception" || isUnreachable(failure.code)) return false;
    const { clock, log } = this.#context;
    const { table, address, count } = block.read;
    const parts = failure.code === 2 || failure.code === 3 ? halves(block.read) : undefined;
    const about = { source: this.name, device: device.name, table, address, count, ...failure };
    if (parts) {
      device.blocks.splice(
        device.nextBlock--,
        1,
        ...parts.map((read) => newBlock(read, block.isDead)),
      );
      log.info(about, "block refused, its halves are tried");
      return true;
    }
    block.failures++;
    block.quietUntilMs =
      clock.monotonicMs() +
      (isPermanent(failure.code)
        ? schedule.refusedPauseMs
        : schedule.pauseAfter(block.failures, 0));
    if (block.failures === 1) log.warn(about, "block refused");
    this.#dead(block, intake);
    return true;
  }

  /** Whether anybody was there all the same: a gateway said that it does not reach the device. */
  #noAnswer(device: DeviceState, failure: ReadFailure, costMs: number, intake: Intake): boolean {
    const { clock, log } = this.#context;
    if (failure.kind === "closed") throw gone(failure.reason);
    const reason = failure.kind === "exception" ? "its gateway does not reach it" : failure.reason;
    const isAlone = this.#devices.every((other) => other === device || other.failures > 0);
    const retries = failure.kind === "silence" ? this.#connection.retries : 0;
    const hasFailedBefore = device.failures > 0;
    const isGivenUp = schedule.silent(device, {
      nowMs: clock.monotonicMs(),
      costMs,
      retries,
      isAlone,
    });
    if (!isGivenUp) device.counts.retries++;
    else {
      device.nextBlock = 0;
      device.trouble = reason;
      if (!hasFailedBefore)
        log.info({ source: this.name, device: device.name, reason }, "device does not answer");
      this.#allDead(device, intake);
    }
    return failure.kind === "exception";
  }

  #allDead({ blocks }: DeviceState, intake: Intake): void {
    for (const block of blocks) this.#dead(block, intake);
  }

  /** One stale sample per signal at the moment it falls silent, then nothing until it answers again. */
  #dead(block: BlockState, intake: Intake): void {
    if (block.isDead) return;
    block.isDead = true;
    const { signals, auxiliaries } = block.read;
    for (const auxiliary of auxiliaries) auxiliary.value = Number.NaN;
    const columns = this.#columns(signals.length);
    for (const { index } of signals) columns.push(index, 0, Number.NaN, Quality.stale);
    intake.deliver(columns, []);
  }

  #decode({ read }: BlockState, words: ArrayLike<number>): SampleColumns {
    for (const auxiliary of read.auxiliaries)
      updateAuxiliary(auxiliary, words[auxiliary.address - read.address] ?? 0);
    const columns = this.#columns(read.signals.length);
    for (const signal of read.signals) {
      const at = signal.position.address - read.address;
      const { value, quality } = decodeRegister(signal, words, at);
      columns.push(signal.index, 0, value, quality);
    }
    return columns;
  }

  /** All values of one answer carry the time at which it came. */
  #columns(capacity: number): SampleColumns {
    return new SampleColumns(nowNs(this.#context.clock), Math.max(1, capacity));
  }

  #state(): SourceState {
    const troubles = this.#devices.filter(({ trouble }) => trouble !== "");
    return {
      state: troubles.length === 0 ? "open" : "trouble",
      detail: troubles
        .map(
          ({ name, trouble, errorShare }) => `${name}: ${trouble} (${percent(errorShare)} errors)`,
        )
        .join("; "),
    };
  }
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

const gone = (reason: string) =>
  new CodedError("MODBUS_CONNECTION_LOST", `The Modbus connection is gone: ${reason}`, {
    retryable: true,
  });
