import { release } from "node:os";
import type { Clock } from "@firebreak/kit/clock.ts";
import type { LiveBusState } from "../can/bus-hints.ts";
import type { BusStatus } from "../source.ts";
import { decodeErrorFrame } from "./error-frame.ts";
import { type InterfaceState, readInterface } from "./interface-state.ts";
import { type LinkDetails, readLinkDetails } from "./link-details.ts";
import { LossCount } from "./loss-count.ts";

type Controller = NonNullable<BusStatus["controller"]>;

/** Details cost a process; states that matter come as error frames at once. */
const detailsEveryMs = 10_000;
/** After an error frame they are asked for sooner, but no faster than this. */
const detailsAfterErrorMs = 1_000;
/** A sample that waits for so many looks, some five seconds: that far behind is the reader. */
const mostLooksBehind = 20;
/** One second without a frame: nothing waits, even where the processor is busy with others. */
const looksOfSilence = 4;
/** Losses further apart are two overloads. */
const spellMs = 10_000;

/** Where its facts come from. */
export interface WatchPorts {
  readonly clock: Clock;
  readonly read?: (name: string) => InterfaceState | undefined;
  readonly readDetails?: (name: string) => Promise<LinkDetails>;
  /** Whether the kernel counts error frames as received. */
  readonly countsErrorFrames?: boolean;
}

/** What is known of one interface, from the kernel's files, its error frames and `ip`. */
export class InterfaceWatch {
  readonly counts = { lostFrames: 0, controllerOverruns: 0, busErrors: 0, busOffs: 0 };
  readonly #name: string;
  readonly #ports: Required<WatchPorts>;
  readonly #loss = new LossCount();
  readonly #state: LiveBusState;
  #framesRead = 0;
  #hasRead = false;
  /** Looks in succession, since the sample, that found nothing read. */
  #looksIdle = 0;
  /** Looks that found frames read since the socket was opened. */
  #looksReading = 0;
  #looksBehind = 0;
  #index: number | undefined;
  #isVirtual = false;
  #isCounting = false;
  #overruns = 0;
  #details: LinkDetails = {};
  #detailsDueMs = Number.NEGATIVE_INFINITY;
  #detailsAtMs = Number.NEGATIVE_INFINITY;

  constructor(name: string, ports: WatchPorts) {
    this.#name = name;
    this.#ports = {
      read: readInterface,
      readDetails: readLinkDetails,
      countsErrorFrames: countsErrorFrames(release()),
      ...ports,
    };
    this.#state = { bus: name, since: ports.clock.nowMs() };
  }

  get state(): LiveBusState {
    return this.#state;
  }

  get bitRate(): number | undefined {
    return this.#details.bitRate;
  }

  get controller(): Controller | undefined {
    return this.#state.controller;
  }

  /** Looks at the interface. `replaced`: it is another one of the same name, the open socket is dead. */
  look(): "gone" | "replaced" | "there" {
    const found = this.#ports.read(this.#name);
    if (found === undefined) {
      this.#forget();
      this.#miss("gone");
      return "gone";
    }
    const isReplaced = this.#index !== undefined && found.index !== this.#index;
    if (isReplaced) this.#forget();
    this.#index = found.index;
    this.#isVirtual = found.isVirtual;
    if (found.isUp) delete this.#state.missing;
    else this.#miss("down");
    this.#compare(found);
    void this.#refreshDetails();
    return isReplaced ? "replaced" : "there";
  }

  /** A socket was opened: what the interface received before is nobody's loss. */
  opened(): void {
    const found = this.#ports.read(this.#name);
    if (found === undefined) return;
    this.#isCounting = true;
    this.#looksReading = 0;
    this.#looksBehind = 0;
    this.#overruns = found.overruns;
    this.#loss.open(found.frames, this.#framesRead);
  }

  /** `atUs`: when it came, microseconds since 1970. */
  noteFrame(atUs: number): void {
    this.#loss.noteFrame(atUs, this.#framesRead);
    this.#framesRead++;
    this.#hasRead = true;
  }

  /** The interface counts what we send, but our own socket does not see it. */
  noteSent(): void {
    this.#framesRead++;
  }

  noteError(classes: number, data: Uint8Array): void {
    if (this.#ports.countsErrorFrames || this.#isVirtual) this.#framesRead++;
    const { controller, isOverrun, isBusError } = decodeErrorFrame(classes, data);
    if (isBusError) this.counts.busErrors++;
    if (isOverrun) this.#overrun();
    if (controller) this.#become(controller);
    const soonMs = this.#detailsAtMs + detailsAfterErrorMs;
    this.#detailsDueMs = Math.min(this.#detailsDueMs, soonMs);
  }

  #forget(): void {
    this.#index = undefined;
    this.#isCounting = false;
    this.#detailsDueMs = Number.NEGATIVE_INFINITY;
    delete this.#state.controller;
  }

  #miss(how: "down" | "gone"): void {
    if (this.#state.missing === how) return;
    this.#state.missing = how;
    this.#state.missingSince = this.#ports.clock.nowMs();
  }

  #compare(found: InterfaceState): void {
    const isIdle = !this.#hasRead;
    this.#hasRead = false;
    if (!isIdle) this.#state.lastFrameMs = this.#ports.clock.nowMs();
    if (!this.#isCounting) return;
    if (!isIdle && ++this.#looksReading === 2) this.#loss.stampedAfter(found.frames);
    this.#looksIdle = isIdle ? this.#looksIdle + 1 : 0;
    if (this.#looksIdle >= looksOfSilence) this.#loss.settle(this.#framesRead);
    if (!this.#loss.isWaiting) {
      this.#looksBehind = 0;
      this.#looksIdle = 0;
      // The clock may tell whole milliseconds only.
      const atUs = (this.#ports.clock.nowMs() + 1) * 1_000;
      this.#loss.sample(found.frames, atUs, this.#framesRead);
    } else if (++this.#looksBehind > mostLooksBehind) {
      this.#loss.dropSample();
      this.#overrun();
    }
    this.#noteLoss(found);
  }

  #noteLoss(found: InterfaceState): void {
    const controllerLost = Math.max(0, found.overruns - this.#overruns);
    this.#overruns = found.overruns;
    this.counts.controllerOverruns += controllerLost;
    const isMore = this.#loss.lost > this.counts.lostFrames;
    this.counts.lostFrames = this.#loss.lost;
    if (isMore || controllerLost > 0) this.#overrun();
  }

  #overrun(): void {
    const nowMs = this.#ports.clock.nowMs();
    const { overrunMs } = this.#state;
    if (overrunMs === undefined || nowMs - overrunMs > spellMs) this.#state.overrunSince = nowMs;
    this.#state.overrunMs = nowMs;
    this.#state.lostFrames = this.counts.lostFrames + this.counts.controllerOverruns;
  }

  #become(controller: Controller): void {
    if (controller === this.#state.controller) return;
    if (controller === "bus-off") this.counts.busOffs++;
    this.#state.controller = controller;
    this.#state.controllerSince = this.#ports.clock.nowMs();
  }

  async #refreshDetails(): Promise<void> {
    const nowMs = this.#ports.clock.monotonicMs();
    if (nowMs < this.#detailsDueMs) return;
    this.#detailsDueMs = nowMs + detailsEveryMs;
    this.#detailsAtMs = nowMs;
    const index = this.#index;
    const details = await this.#ports.readDetails(this.#name);
    if (this.#index !== index) return;
    this.#details = details;
    if (details.controller) this.#become(details.controller);
  }
}

/** Linux does so before 5.17. */
export function countsErrorFrames(kernelRelease: string): boolean {
  const [major = 0, minor = 0] = kernelRelease.split(".").map(Number);
  return major < 5 || (major === 5 && minor < 17);
}
