import { type ActiveCode, type BusInput, noCodes } from "../bus-input.ts";
import type { CanFrame } from "../can/can-frame.ts";
import type { CanNode, CanNodeHandle, Talker } from "../can/can-node.ts";
import { CycleTable } from "../can/cycle-table.ts";
import { FrameQueue } from "../can/frame-queue.ts";
import { NodePower, type PowerActions } from "../can/node-power.ts";
import { shareOf } from "../seeded.ts";
import { AddressClaim, addressClaimedPgn } from "./address-claim.ts";
import {
  globalAddress,
  identifierOf,
  networkPriority,
  nullAddress,
  partsOf,
  pgnAt,
  pgnBytes,
} from "./identifier.ts";
import { type NameFields, nameFrom, nameNumber } from "./name.ts";
import { transportControlPgn } from "./transport-frames.ts";
import { TransportSender } from "./transport-sender.ts";
import { dm1Pgn } from "./trouble-codes.ts";
import { type SentGroup, UnitContents } from "./unit-contents.ts";
import type { UnitGroup, UnitPlan, UnitTexts } from "./unit-plan.ts";

const requestPgn = 59904;
const acknowledgePgn = 59392;
/** @see SAE J1939-21, acknowledgement: negative */
const NACK = 1;

/** @see SAE J1939-73, DM1: once a second, and when a code becomes active or ends */
const dm1PeriodMs = 1_000;
/** How fast a unit answers; the standard allows 200 ms. Engineering default. */
const replyMs = 3;
/** Units are switched on by one key, but none is as fast as the next; engineering default. */
const latestStartMs = 80;
const frameBytes = 8;

/** What can happen to a J1939 control unit. */
export interface J1939NodeHandle extends CanNodeHandle {
  /** The address that the plan has it at, whatever it is at now. */
  readonly homeAddress: number;
  /** Moves to another address, as a service tool can order; it has to win it there. */
  claimAddress(address: number): void;
}

export interface J1939NodeOptions {
  readonly unit: UnitPlan;
  readonly name: NameFields;
  readonly texts: UnitTexts;
  /** What its phases are drawn from. */
  readonly seed: string;
}

interface LongGroup extends UnitGroup {
  dueMs: number;
}

/**
 * One control unit on a J1939 network: claims its address, sends its groups at their rates and its trouble codes, and
 * answers requests. Written from the standard, not from the gateway's decoder, so that each checks the other.
 * @see SAE J1939-21, -71, -73, -81
 */
export class J1939Node implements CanNode, J1939NodeHandle {
  readonly name: string;
  readonly #options: J1939NodeOptions;
  readonly #power: NodePower;
  readonly #powerActions: PowerActions = {
    stop: () => this.#stop(),
    resume: (nowMs) => this.#beginTalk(nowMs),
  };
  readonly #contents: UnitContents;
  readonly #claims = new FrameQueue();
  readonly #queue = new FrameQueue();
  readonly #transport = new TransportSender(this.#queue);
  readonly #claim: AddressClaim;
  readonly #cycles: CycleTable;
  readonly #longGroups: readonly LongGroup[];
  readonly #talkers: readonly Talker[];
  #speaker: Talker = this.#queue;
  #address: number | undefined;
  #talkMs = Number.POSITIVE_INFINITY;
  #dm1DueMs = Number.POSITIVE_INFINITY;
  #codes: readonly ActiveCode[] = noCodes;
  #ordered: number | undefined;

  constructor(options: J1939NodeOptions) {
    const { unit, name, texts, seed } = options;
    this.#options = options;
    this.#contents = new UnitContents(unit, texts);
    this.name = `control unit ${unit.sa}`;
    const { canClaimAnother } = name;
    const claim = { name: nameNumber(name), address: unit.sa, canClaimAnother };
    this.#claim = new AddressClaim(claim, this.#claims);
    this.#power = new NodePower(shareOf(`${seed} ${unit.sa} start`) * latestStartMs);
    const cyclic = unit.groups.filter(({ isOnRequest }) => !isOnRequest);
    this.#longGroups = cyclic
      .filter(({ message }) => message.length > frameBytes)
      .map((group) => ({ ...group, dueMs: Number.POSITIVE_INFINITY }));
    const short = cyclic.filter(({ message }) => message.length <= frameBytes);
    const toCycle = ({ pgn, priority, periodMs, message }: UnitGroup) => ({
      idBase: identifierOf(priority, pgn, { sa: 0, da: destinationOf(pgn) }),
      isExtended: true,
      periodMs,
      message,
    });
    this.#cycles = new CycleTable(short.map(toCycle), `${seed} ${unit.sa}`);
    this.#talkers = [this.#claims, this.#queue, this.#cycles, this.#transport];
  }

  get address(): number | null {
    return this.#power.isOut ? null : (this.#address ?? null);
  }

  get homeAddress(): number {
    return this.#options.unit.sa;
  }

  get dueMs(): number {
    if (this.#power.isOut) return Number.POSITIVE_INFINITY;
    let next = Math.min(this.#power.startMs, this.#talkMs, this.#dm1DueMs);
    for (const { dueMs } of this.#longGroups) if (dueMs < next) next = dueMs;
    for (const { dueMs } of this.#talkers) if (dueMs < next) next = dueMs;
    return next;
  }

  reset(): void {
    this.#power.order("reset");
  }

  busOff(): void {
    this.#power.order("bus-off");
  }

  silence(): void {
    this.#power.order("silence");
  }

  revive(): void {
    this.#power.order("revive");
  }

  claimAddress(address: number): void {
    this.#ordered = address;
  }

  update({ values, codes = noCodes }: BusInput, revision: number, nowMs: number): void {
    this.#contents.update(values, revision);
    this.#cycles.update(values, revision);
    this.#power.apply(nowMs, this.#powerActions);
    if (this.#ordered !== undefined && !this.#power.isDeaf) {
      this.#claim.claim(this.#ordered, nowMs);
      this.#follow();
    }
    this.#ordered = undefined;
    if (codes === this.#codes) return;
    this.#codes = codes;
    if (this.#isTalking && this.#contents.takeCodes(codes, nowMs)) this.#dm1DueMs = nowMs;
  }

  hear(frame: CanFrame): void {
    if (this.#power.isDeaf || !frame.isExtended) return;
    const { pgn, sa, da } = partsOf(frame.canId);
    const { data, length, timeMs } = frame;
    if (pgn === addressClaimedPgn && length === 8) {
      this.#claim.hearClaim(sa, nameFrom(data), timeMs);
      this.#follow();
    } else if (pgn === requestPgn && length >= 3 && (da === globalAddress || da === this.#address))
      this.#hearRequest(pgnAt(data, 0), { da, from: sa, nowMs: timeMs });
    else if (pgn === transportControlPgn && da === this.#address && length === 8)
      this.#transport.hear(sa, data, timeMs);
  }

  urgencyAt(nowMs: number): number {
    this.#runTimers(nowMs);
    let best = Number.POSITIVE_INFINITY;
    for (const talker of this.#talkers) {
      if (talker.dueMs > nowMs) continue;
      const urgency = talker.urgencyAt(nowMs);
      if (urgency >= best) continue;
      best = urgency;
      this.#speaker = talker;
    }
    return best;
  }

  takeFrame(nowMs: number, frame: CanFrame): void {
    this.#speaker.takeFrame(nowMs, frame);
  }

  get #isTalking(): boolean {
    return this.#address !== undefined && this.#talkMs === Number.POSITIVE_INFINITY;
  }

  #runTimers(nowMs: number): void {
    if (this.#power.isStarting(nowMs)) {
      this.#claim.start(nowMs);
      this.#follow();
    }
    if (this.#talkMs <= nowMs) this.#beginTalk(nowMs);
    for (const group of this.#longGroups) {
      if (group.dueMs > nowMs) continue;
      group.dueMs += group.periodMs;
      const bytes = this.#contents.bytesOf(group);
      if (bytes) this.#send(group, bytes, { to: globalAddress, nowMs });
    }
    if (this.#dm1DueMs > nowMs) return;
    this.#dm1DueMs = nowMs + dm1PeriodMs;
    this.#send(dm1Group, this.#contents.activeCodes(), { to: globalAddress, nowMs });
  }

  /** Takes over what became of its claim. */
  #follow(): void {
    const { address, talksFromMs } = this.#claim;
    if (address === this.#address) return;
    this.#address = address;
    this.#quiet();
    this.#queue.clear();
    this.#cycles.address = address ?? nullAddress;
    this.#transport.restart(this.#cycles.address);
    this.#talkMs = talksFromMs;
  }

  #beginTalk(nowMs: number): void {
    this.#talkMs = Number.POSITIVE_INFINITY;
    if (this.#address === undefined) return;
    this.#cycles.start(nowMs);
    const phaseOf = (pgn: number) => shareOf(`${this.#options.seed} ${this.homeAddress} ${pgn}`);
    for (const group of this.#longGroups) group.dueMs = nowMs + phaseOf(group.pgn) * group.periodMs;
    this.#contents.takeCodes(this.#codes, nowMs);
    this.#dm1DueMs = nowMs + phaseOf(dm1Pgn) * dm1PeriodMs;
  }

  #quiet(): void {
    this.#cycles.stop();
    for (const group of this.#longGroups) group.dueMs = Number.POSITIVE_INFINITY;
    this.#dm1DueMs = Number.POSITIVE_INFINITY;
    this.#talkMs = Number.POSITIVE_INFINITY;
  }

  #stop(): void {
    this.#quiet();
    this.#claims.clear();
    this.#queue.clear();
    this.#claim.stop();
    this.#address = undefined;
    this.#transport.restart(nullAddress);
  }

  #hearRequest(
    pgn: number,
    { da, from, nowMs }: { readonly da: number; readonly from: number; readonly nowMs: number },
  ): void {
    if (pgn === addressClaimedPgn) {
      this.#claim.hearRequest(nowMs);
      return;
    }
    if (!this.#isTalking) return;
    const answer = this.#contents.answerTo(pgn);
    const to = da === globalAddress ? da : from;
    if (answer) this.#send(answer, answer.bytes, { to, nowMs: nowMs + replyMs });
    else if (da !== globalAddress) this.#refuse(pgn, { from, nowMs });
  }

  /** @see SAE J1939-21, acknowledgement: to all, with the address of who asked and the group that was asked for */
  #refuse(pgn: number, { from, nowMs }: { readonly from: number; readonly nowMs: number }): void {
    const sa = this.#address ?? this.homeAddress;
    const bytes = Uint8Array.of(NACK, 0xff, 0xff, 0xff, from, ...pgnBytes(pgn));
    this.#queue.add(nowMs + replyMs, identifierOf(networkPriority, acknowledgePgn, { sa }), bytes);
  }

  /** In one frame where it fits, else by transport: to all by announcement, to one by handshake. */
  #send(
    { pgn, priority }: SentGroup,
    bytes: Uint8Array,
    { to, nowMs }: { readonly to: number; readonly nowMs: number },
  ): void {
    if (bytes.length > frameBytes) {
      if (to === globalAddress) this.#transport.broadcast({ pgn, bytes }, nowMs);
      else this.#transport.sendTo(to, { pgn, bytes }, nowMs);
      return;
    }
    const whole = new Uint8Array(frameBytes).fill(0xff);
    whole.set(bytes);
    const place = { sa: this.#address ?? nullAddress, da: to };
    this.#queue.add(nowMs, identifierOf(priority, pgn, place), whole);
  }
}

const dm1Group: SentGroup = { pgn: dm1Pgn, priority: networkPriority };

/** TSC1 goes to the engine; other addressed groups, which only their maker knows, to all. */
const destinationOf = (pgn: number): number => (pgn === 0 ? 0 : globalAddress);
