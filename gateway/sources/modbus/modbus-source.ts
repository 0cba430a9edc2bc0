import { CodedError } from "@firebreak/kit/coded-error.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { Observable, type Subscriber } from "rxjs";
import { type Static, Type } from "typebox";
import { nowNs } from "../now-ns.ts";
import { pause } from "../pause.ts";
import type { Intake, Source, SourceContext, SourceKind, SourceState } from "../source.ts";
import { type WithDefaults, withDefaults } from "../with-defaults.ts";
import {
  type BlockState,
  type DeviceState,
  isPermanent,
  isUnreachable,
  nextDueMs,
  pauseAfter,
  refusedPauseMs,
} from "./device-state.ts";
import { connectModbus, type ModbusClient, type ReadFailure } from "./modbus-client.ts";
import { decodeRegister } from "./registers/decode-register.ts";
import { planReads } from "./registers/plan-reads.ts";
import { registerSignalsOf } from "./registers/register-signals.ts";

const Config = Type.Object(
  {
    kind: Type.Literal("modbus-tcp"),
    host: Type.String({
      minLength: 1,
      description: "name or address of the device or its gateway",
    }),
    port: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 65535, default: 502, description: "TCP port" }),
    ),
    devices: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        description: "devices of the plan behind this address; absent: all",
      }),
    ),
    timeoutMs: Type.Optional(
      Type.Integer({
        minimum: 50,
        maximum: 60_000,
        default: 1_000,
        description: "how long a device may take to answer, ms",
      }),
    ),
  },
  { additionalProperties: false },
);
type Config = WithDefaults<Static<typeof Config>, "port" | "timeoutMs">;

export const modbusTcp: SourceKind<typeof Config> = {
  kind: "modbus-tcp",
  Config,
  check(config, acquisition) {
    const known = Object.keys(acquisition.modbusDevices ?? {});
    if (known.length === 0) return ["the plan has no Modbus device"];
    return (config.devices ?? [])
      .filter((device) => !known.includes(device))
      .map((device) => `the plan has no Modbus device "${device}", only ${known.join(", ")}`);
  },
  create: (config, context) => new ModbusSource(withDefaults<Config>(Config, config), context),
};

/** After so many requests without an answer from anybody the connection itself is suspected. */
const silentRequests = 2;

class ModbusSource implements Source {
  readonly name: string;
  readonly #config: Config;
  readonly #context: SourceContext;
  readonly #devices: readonly DeviceState[];
  readonly #counts = { requests: 0, answers: 0, exceptions: 0, noAnswers: 0, connects: 0 };

  constructor(config: Config, context: SourceContext) {
    this.name = `modbus-tcp ${config.host}:${config.port}`;
    this.#config = config;
    this.#context = context;
    this.#devices = devicesOf(config, context);
  }

  open(intake: Intake): Observable<SourceState> {
    return new Observable((subscriber) => {
      const ending = new AbortController();
      this.#run(intake, subscriber, ending.signal).catch((error: unknown) => {
        this.#allDead(intake);
        subscriber.error(error);
      });
      return () => ending.abort();
    });
  }

  counters(): Readonly<Record<string, number>> {
    return { ...this.#counts };
  }

  async #run(
    intake: Intake,
    subscriber: Subscriber<SourceState>,
    ending: AbortSignal,
  ): Promise<void> {
    const client = await connectModbus(this.#config);
    this.#counts.connects++;
    try {
      const { clock } = this.#context;
      for (const device of this.#devices)
        device.dueMs = Math.max(device.dueMs, clock.monotonicMs());
      let silent = 0;
      while (!ending.aborted) {
        const device = this.#nextDevice();
        await pause(device.dueMs - clock.monotonicMs(), ending);
        if (ending.aborted) return;
        silent = (await this.#poll(device, client, intake)) ? 0 : silent + 1;
        subscriber.next(this.#state());
        if (silent >= silentRequests) throw gone("no device answers");
      }
    } finally {
      client.close();
    }
  }

  #nextDevice(): DeviceState {
    return this.#devices.reduce((next, device) => (device.dueMs < next.dueMs ? device : next));
  }

  /** One round of one device; false if nobody was there. A failing device costs the others one time-out at most. */
  async #poll(device: DeviceState, client: ModbusClient, intake: Intake): Promise<boolean> {
    const { clock } = this.#context;
    for (const block of device.blocks) {
      if (block.quietUntilMs > clock.monotonicMs()) continue;
      this.#counts.requests++;
      const outcome = await client.read(device.unitId, block.read);
      if ("words" in outcome) {
        this.#counts.answers++;
        block.isDead = false;
        block.failures = 0;
        intake.deliver(this.#decode(block, outcome.words), []);
        continue;
      }
      if (this.#isOnlyThisBlock(block, outcome.failure, intake)) continue;
      return this.#deviceFailed(device, outcome.failure, intake);
    }
    device.failures = 0;
    device.dueMs = nextDueMs(device.dueMs, device.pollIntervalMs, clock.monotonicMs());
    return true;
  }

  /** A block that the device refuses is left alone for a while; the others of the device go on. */
  #isOnlyThisBlock(block: BlockState, failure: ReadFailure, intake: Intake): boolean {
    if (failure.kind !== "exception" || isUnreachable(failure.code)) return false;
    const { clock, log } = this.#context;
    this.#counts.exceptions++;
    block.failures++;
    const pauseMs = isPermanent(failure.code) ? refusedPauseMs : pauseAfter(block.failures, 0);
    block.quietUntilMs = clock.monotonicMs() + pauseMs;
    if (block.failures === 1) {
      const { table, address, count } = block.read;
      log.warn({ source: this.name, table, address, count, code: failure.code }, "block refused");
    }
    this.#dead(block, intake);
    return true;
  }

  #deviceFailed(device: DeviceState, failure: ReadFailure, intake: Intake): boolean {
    const { clock, log } = this.#context;
    if (failure.kind === "closed") throw gone(failure.reason);
    if (failure.kind === "exception") this.#counts.exceptions++;
    else this.#counts.noAnswers++;
    device.failures++;
    if (device.failures === 1)
      log.info({ source: this.name, device: device.name, ...failure }, "device does not answer");
    for (const block of device.blocks) this.#dead(block, intake);
    device.dueMs = clock.monotonicMs() + pauseAfter(device.failures, device.pollIntervalMs);
    return failure.kind === "exception";
  }

  #allDead(intake: Intake): void {
    for (const { blocks } of this.#devices) for (const block of blocks) this.#dead(block, intake);
  }

  /** One stale sample per signal at the moment it falls silent, then nothing until it answers again. */
  #dead(block: BlockState, intake: Intake): void {
    if (block.isDead) return;
    block.isDead = true;
    const columns = this.#columns(block.read.signals.length);
    for (const { index } of block.read.signals) columns.push(index, 0, Number.NaN, Quality.stale);
    intake.deliver(columns, []);
  }

  #decode({ read }: BlockState, words: ArrayLike<number>): SampleColumns {
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
    const silent = this.#devices
      .filter(({ blocks }) => blocks.some(({ isDead }) => isDead))
      .map(({ name }) => name);
    return silent.length === 0
      ? { state: "open", detail: "" }
      : { state: "trouble", detail: `no answer, or not to everything, from ${silent.join(", ")}` };
  }
}

function devicesOf(config: Config, { acquisition, dictionary }: SourceContext): DeviceState[] {
  return Object.entries(acquisition.modbusDevices ?? {})
    .filter(([name]) => config.devices === undefined || config.devices.includes(name))
    .map(([name, { unitId, pollIntervalMs }]) => ({
      name,
      unitId,
      pollIntervalMs,
      blocks: planReads(registerSignalsOf(acquisition, dictionary, name)).map((read) => ({
        read,
        isDead: false,
        failures: 0,
        quietUntilMs: Number.NEGATIVE_INFINITY,
      })),
      dueMs: Number.NEGATIVE_INFINITY,
      failures: 0,
    }));
}

const gone = (reason: string) =>
  new CodedError("MODBUS_CONNECTION_LOST", `The Modbus connection is gone: ${reason}`, {
    retryable: true,
  });
