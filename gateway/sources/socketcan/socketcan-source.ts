import { Observable, type Subscriber } from "rxjs";
import { busProblem, stateOf } from "../can/bus-hints.ts";
import { CanBuses } from "../can/can-buses.ts";
import { encodeRequest, type Requester } from "../can/j1939/request.ts";
import { createRecordingFrame } from "../can/recording-frame.ts";
import { nowNs } from "../now-ns.ts";
import { pause } from "../pause.ts";
import type { BusStatus, Intake, Source, SourceContext, SourceState } from "../source.ts";
import { InterfaceWatch } from "./interface-watch.ts";
import { openChannel, type SocketCanChannel } from "./socketcan-channel.ts";
import type { SocketCanConfig } from "./socketcan-config.ts";
import { loadSocketCan, type SocketCanFrame, type SocketCanModule } from "./socketcan-module.ts";

const tickMs = 250;
/** Times before 2001 are those of a clock that was never set. */
const firstPlausibleSecond = 1_000_000_000;
const longestClassic = 8;

/**
 * One CAN interface of the kernel. It is opened whenever it is there: an adapter that was pulled, or an interface that
 * was deleted and made again, is read again within a second, for as long as it takes.
 */
export class SocketCanSource implements Source {
  readonly name: string;
  readonly #config: SocketCanConfig;
  readonly #context: SourceContext;
  readonly #watch: InterfaceWatch;
  readonly #frame = createRecordingFrame();
  #buses: CanBuses | undefined;
  #framesBefore = 0;
  #channel: SocketCanChannel | undefined;
  #hasUndelivered = false;
  /** The second of the newest frame, so that not every one makes it anew. */
  #second = 0;
  #secondNs = 0n;
  readonly #counts = { opened: 0, notSent: 0 };

  constructor(config: SocketCanConfig, context: SourceContext) {
    this.name = `socketcan ${config.interface}`;
    this.#config = config;
    this.#context = context;
    this.#frame.bus = config.bus ?? config.interface;
    this.#watch = new InterfaceWatch(config.interface, { clock: context.clock });
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
    return { ...counts, ...this.#watch.counts, ...this.#counts, frames: this.#frames() };
  }

  buses(): readonly BusStatus[] {
    const { bus } = this.#frame;
    const { bitRate, controller } = this.#watch;
    const { missing } = this.#watch.state;
    const [status] = this.#buses?.statuses(() => bitRate, nowNs(this.#context.clock)) ?? [];
    const empty = { bus, frames: 0, framesPerSecond: 0, errorFrames: 0, unknown: [] };
    return [
      {
        ...(status ?? empty),
        lostFrames: this.#watch.counts.lostFrames,
        ...(bitRate === undefined ? {} : { bitRate }),
        ...(controller === undefined ? {} : { controller }),
        ...(missing === undefined ? {} : { missing }),
      },
    ];
  }

  #frames(): number {
    return this.#framesBefore + (this.#buses?.frames ?? 0);
  }

  async #run(
    intake: Intake,
    subscriber: Subscriber<SourceState>,
    ending: AbortSignal,
  ): Promise<void> {
    const module = await loadSocketCan();
    if (ending.aborted) return;
    this.#framesBefore = this.#frames();
    const buses = new CanBuses(this.#context, intake, { requesterOf: () => this.#requester() });
    this.#buses = buses;
    const { clock } = this.#context;
    try {
      while (!ending.aborted) {
        this.#tick(module, buses);
        subscriber.next(stateOf(busProblem(this.#watch.state, clock.nowMs())));
        await pause(tickMs, ending);
      }
    } finally {
      this.#close();
      buses.deliver();
    }
  }

  #tick(module: SocketCanModule, buses: CanBuses): void {
    const { clock } = this.#context;
    const found = this.#watch.look();
    if (found === "gone" || found === "replaced") this.#close();
    if (found !== "gone" && this.#channel === undefined) this.#open(module, buses);
    buses.tick(nowNs(clock), clock.monotonicMs());
    buses.deliver();
  }

  #open(module: SocketCanModule, buses: CanBuses): void {
    try {
      this.#channel = openChannel(module, this.#config.interface, {
        onFrame: (frame) => this.#take(frame, buses),
        onStopped: () => {
          this.#channel = undefined;
        },
      });
      this.#counts.opened++;
      this.#watch.opened();
    } catch {
      // It vanished since it was looked at; the next look says so.
      this.#channel = undefined;
    }
  }

  #close(): void {
    this.#channel?.close();
    this.#channel = undefined;
  }

  #take({ id, ext, rtr, err, data, ts_sec, ts_usec }: SocketCanFrame, buses: CanBuses): void {
    const frame = this.#frame;
    frame.canId = id;
    frame.isExtended = ext ?? false;
    frame.isRemote = rtr ?? false;
    frame.isError = err ?? false;
    frame.isFd = data.length > longestClassic;
    frame.length = data.length;
    frame.data.set(data);
    if (frame.isError) this.#watch.noteError(id, data);
    else this.#watch.noteFrame(ts_sec * 1e6 + ts_usec);
    buses.take(frame, this.#timeOf(ts_sec, ts_usec));
    if (this.#hasUndelivered) return;
    this.#hasUndelivered = true;
    setImmediate(() => {
      this.#hasUndelivered = false;
      buses.deliver();
    });
  }

  #timeOf(seconds: number, micros: number): bigint {
    if (seconds < firstPlausibleSecond) return nowNs(this.#context.clock);
    if (seconds !== this.#second) {
      this.#second = seconds;
      this.#secondNs = BigInt(seconds) * 1_000_000_000n;
    }
    return this.#secondNs + BigInt(micros * 1_000);
  }

  /** Undefined in listen-only mode: there is no way from here to the bus then. */
  #requester(): Requester | undefined {
    const { requests } = this.#context.acquisition.j1939 ?? {};
    if (this.#config.mode === "listen-only" || requests === undefined) return undefined;
    return {
      request: (pgn, da) => {
        const { canId, data } = encodeRequest({ pgn, da, sa: requests.sa });
        if (this.#channel?.send(canId, data)) this.#watch.noteSent();
        else this.#counts.notSent++;
      },
    };
  }
}
