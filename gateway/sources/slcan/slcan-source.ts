import { CodedError } from "@firebreak/kit/coded-error.ts";
import { Observable, type Subscriber } from "rxjs";
import { busProblem, type LiveBusState, stateOf } from "../can/bus-hints.ts";
import { CanBuses } from "../can/can-buses.ts";
import type { Requester } from "../can/j1939/request.ts";
import { nowNs } from "../now-ns.ts";
import { pause } from "../pause.ts";
import { openSerialLine, type SerialLine } from "../serial/serial-line.ts";
import type { BusStatus, Intake, Source, SourceContext, SourceState } from "../source.ts";
import { type AdapterReplies, createAdapterReplies } from "./adapter-replies.ts";
import {
  bitRates,
  closeCommand,
  flag,
  flagsCommand,
  openCommand,
  requestCommand,
} from "./slcan-commands.ts";
import type { SlcanConfig } from "./slcan-kind.ts";
import { SlcanParser } from "./slcan-parser.ts";

const tickMs = 250;
const flagsEveryMs = 2_000;
/** An adapter that did not answer so often does not know the command. */
const mostUnansweredFlags = 3;

/** CAN over a serial adapter that speaks LAWICEL's protocol, without support by the kernel. */
export class SlcanSource implements Source {
  readonly name: string;
  readonly #config: SlcanConfig;
  readonly #context: SourceContext;
  #buses: CanBuses | undefined;
  #framesBefore = 0;
  readonly #counts = { malformedLines: 0, fdFrames: 0, overruns: 0, busErrors: 0, opened: 0 };
  #state: LiveBusState;

  constructor(config: SlcanConfig, context: SourceContext) {
    this.name = `slcan ${config.port}`;
    this.#config = config;
    this.#context = context;
    this.#state = this.#quiet();
  }

  open(intake: Intake): Observable<SourceState> {
    return new Observable((subscriber) => {
      const ending = new AbortController();
      this.#run(intake, subscriber, ending.signal).catch((error: unknown) => {
        if (!ending.signal.aborted) subscriber.error(error);
      });
      return () => ending.abort();
    });
  }

  counters(): Readonly<Record<string, number>> {
    const counts = this.#buses?.counters() ?? {};
    const frames = this.#framesBefore + (this.#buses?.frames ?? 0);
    return { ...counts, ...this.#counts, frames };
  }

  buses(): readonly BusStatus[] {
    const { bus, bitRate } = this.#config;
    const now = nowNs(this.#context.clock);
    const [status] = this.#buses?.statuses(() => bitRate, now) ?? [];
    const { controller } = this.#state;
    const empty = { bus, bitRate, frames: 0, framesPerSecond: 0, errorFrames: 0, unknown: [] };
    return [{ ...(status ?? empty), ...(controller === undefined ? {} : { controller }) }];
  }

  #quiet(): LiveBusState {
    return { bus: this.#config.bus, since: this.#context.clock.nowMs() };
  }

  async #run(
    intake: Intake,
    subscriber: Subscriber<SourceState>,
    ending: AbortSignal,
  ): Promise<void> {
    this.#framesBefore += this.#buses?.frames ?? 0;
    this.#state = this.#quiet();
    const failed = Promise.withResolvers<never>();
    failed.promise.catch(() => undefined);
    const replies = createAdapterReplies();
    let line: SerialLine | undefined;
    const buses = new CanBuses(this.#context, intake, {
      requesterOf: () => this.#requester(line),
    });
    this.#buses = buses;
    const parser = this.#parser(buses, replies);
    line = await openSerialLine(this.#config, {
      onBytes: (bytes) => {
        parser.feed(bytes);
        this.#counts.malformedLines += parser.statistics.malformed;
        this.#counts.fdFrames += parser.statistics.fdFrames;
        parser.statistics.malformed = 0;
        parser.statistics.fdFrames = 0;
        buses.deliver();
      },
      onLost: (error) => failed.reject(error),
    });
    try {
      await this.#openBus(line, replies);
      await Promise.race([
        this.#watch({ line, buses, replies, subscriber, ending }),
        failed.promise,
      ]);
    } finally {
      await line.write(Buffer.from(`${closeCommand}\r`)).catch(() => undefined);
      await line.close();
    }
  }

  #parser(buses: CanBuses, replies: AdapterReplies): SlcanParser {
    return new SlcanParser(this.#config.bus, {
      onFrame: (frame) => {
        this.#state.lastFrameMs = this.#context.clock.nowMs();
        buses.take(frame, nowNs(this.#context.clock));
      },
      onReply: replies.take,
      onFlags: (flags) => {
        replies.take("ok");
        this.#noteFlags(flags);
      },
    });
  }

  /**
   * Nothing is opened but as asked for: an adapter that cannot listen only must not become a node of the bus instead.
   * @throws CodedError SLCAN_REFUSED, SERIAL_LINE_LOST (both retryable)
   */
  async #openBus(line: SerialLine, replies: AdapterReplies): Promise<void> {
    const { bitRate, mode } = this.#config;
    // Ends whatever another program left half said; the adapter may refuse it, and may still be open.
    await line.write(Buffer.from(`\r\r${closeCommand}\r`));
    await replies.quiet();
    for (const command of [bitRates[bitRate], openCommand(mode === "listen-only")]) {
      await this.#tell(line, command);
      if ((await replies.next()) === "refused") throw this.#refused(command);
    }
    this.#counts.opened++;
  }

  async #watch(run: {
    readonly line: SerialLine;
    readonly buses: CanBuses;
    readonly replies: AdapterReplies;
    readonly subscriber: Subscriber<SourceState>;
    readonly ending: AbortSignal;
  }): Promise<void> {
    const { line, buses, replies, subscriber, ending } = run;
    const { clock } = this.#context;
    let unanswered = 0;
    let askedMs = clock.monotonicMs();
    while (!ending.aborted) {
      subscriber.next(stateOf(busProblem(this.#state, clock.nowMs())));
      await pause(tickMs, ending);
      buses.tick(nowNs(clock), clock.monotonicMs());
      buses.deliver();
      if (unanswered >= mostUnansweredFlags || clock.monotonicMs() - askedMs < flagsEveryMs)
        continue;
      askedMs = clock.monotonicMs();
      replies.forget();
      await this.#tell(line, flagsCommand);
      unanswered = (await replies.next()) === "ok" ? 0 : unanswered + 1;
    }
  }

  #noteFlags(flags: number): void {
    const nowMs = this.#context.clock.nowMs();
    if ((flags & (flag.receiveQueueFull | flag.overrun)) !== 0) {
      this.#counts.overruns++;
      this.#state.overrunMs = nowMs;
    }
    if ((flags & flag.busError) !== 0) this.#counts.busErrors++;
    const isWarning = (flags & (flag.errorWarning | flag.busError)) !== 0;
    const controller =
      (flags & flag.errorPassive) !== 0
        ? "error-passive"
        : isWarning
          ? "error-warning"
          : "error-active";
    if (this.#state.controller !== controller) this.#state.controllerSince = nowMs;
    this.#state.controller = controller;
  }

  /** Undefined in listen-only mode: there is no way from here to the bus then. */
  #requester(line: SerialLine | undefined): Requester | undefined {
    const { requests } = this.#context.acquisition.j1939 ?? {};
    if (this.#config.mode === "listen-only" || line === undefined || requests === undefined)
      return undefined;
    return {
      request: (pgn, da) => {
        // A line that is lost tells so by itself.
        this.#tell(line, requestCommand(pgn, da, requests.sa)).catch(() => undefined);
      },
    };
  }

  #tell(line: SerialLine, command: string): Promise<void> {
    return line.write(Buffer.from(`${command}\r`));
  }

  #refused(command: string): CodedError {
    const { port, bitRate } = this.#config;
    const what = command.startsWith("S")
      ? `the bit rate of ${bitRate} bit/s`
      : command === "L"
        ? "to listen only; it would have to send to the bus, so it is not used"
        : "to open the bus";
    return new CodedError("SLCAN_REFUSED", `The adapter at ${port} refuses ${what}.`, {
      retryable: true,
    });
  }
}
