import { Quality } from "@firebreak/wire/quality.ts";
import type { SampleColumns } from "@firebreak/wire/sample-columns.ts";

/** What a signal shows of a node. */
export interface NodeSignal {
  readonly index: number;
  /** 1 to 127. */
  readonly node: number;
  readonly says: "state" | "error-register";
  /** Silence after which a state is no longer true. */
  readonly silenceNs: number;
}

/** The emergencies of one node that have not been reset; empty: none. */
export interface EmergencyEvent {
  readonly offsetNs: number;
  readonly node: number;
  /** Error codes, in the order of their coming. */
  readonly codes: readonly number[];
}

export interface CanopenStatistics {
  readonly heartbeats: number;
  readonly emergencies: number;
  readonly malformedEmergencies: number;
  readonly nmtCommands: number;
  readonly syncs: number;
  readonly timeStamps: number;
  readonly sdoFrames: number;
  /** Remote frames that ask a node for its state. */
  readonly guardRequests: number;
}

/** Function codes: the upper four bits of an 11-bit identifier. @see CiA 301, predefined connection set */
const functionOf = (canId: number): number => (canId >>> 7) & 0xf;
const nodeOf = (canId: number): number => canId & 0x7f;
const nmt = 0;
const syncOrEmergency = 1;
const timeStamp = 2;
/** Process data objects, in both directions alternately: odd ones are sent by the node. */
const firstPdo = 3;
const lastPdo = 10;
const sdoAnswer = 11;
const sdoRequest = 12;
const errorControl = 14;

const emergencyBytes = 8;
const noError = 0;
const bootUp = 0;
/** What one node can have at a time and a listener still cares for. */
const mostCodes = 32;
/** A sign of life repeats what is still wrong, no more often than this. */
const repeatNs = 1e9;

interface Node {
  codes: number[];
  toldAtNs: number;
  lastStateNs: number;
  isStale: boolean;
}

/**
 * Listens to the nodes of one CANopen network: state, emergencies, and that they live; never sends. Process data are
 * read elsewhere, by identifier. An emergency comes once and holds until the node resets it (error code 0) or starts
 * anew; any sign of life of the node says meanwhile that it still holds. Never throws on bus data.
 * @see CiA 301: NMT, SYNC, EMCY, TIME, PDO, SDO, heartbeat and node guarding
 */
export class Canopen {
  readonly #signals: readonly NodeSignal[];
  readonly #onEmergencies: (event: EmergencyEvent) => void;
  readonly #nodes: (Node | undefined)[] = new Array(128).fill(undefined);
  readonly #counts = {
    heartbeats: 0,
    emergencies: 0,
    malformedEmergencies: 0,
    nmtCommands: 0,
    syncs: 0,
    timeStamps: 0,
    sdoFrames: 0,
    guardRequests: 0,
  };

  constructor(signals: readonly NodeSignal[], onEmergencies: (event: EmergencyEvent) => void) {
    this.#signals = signals;
    this.#onEmergencies = onEmergencies;
  }

  get statistics(): CanopenStatistics {
    return { ...this.#counts };
  }

  /** A remote frame with an 11-bit identifier; true if it is a question for a node's state. */
  takeRemote(canId: number): boolean {
    const isGuarding = functionOf(canId) === errorControl && nodeOf(canId) > 0;
    if (isGuarding) this.#counts.guardRequests++;
    return isGuarding;
  }

  /** One data frame with an 11-bit identifier; true if it is one of the protocol's own. */
  take(
    {
      canId,
      data,
      length,
    }: { readonly canId: number; readonly data: Uint8Array; readonly length: number },
    offsetNs: number,
    into: SampleColumns,
  ): boolean {
    const node = nodeOf(canId);
    const kind = functionOf(canId);
    switch (kind) {
      case nmt:
        if (node === 0) this.#counts.nmtCommands++;
        return node === 0;
      case syncOrEmergency:
        if (node === 0) this.#counts.syncs++;
        else this.#emergency(node, { data, length, offsetNs, into });
        return true;
      case timeStamp:
        if (node === 0) this.#counts.timeStamps++;
        return node === 0;
      case sdoAnswer:
      case sdoRequest:
        this.#counts.sdoFrames++;
        return true;
      case errorControl:
        if (node === 0 || length === 0) return false;
        this.#state(node, (data[0] ?? 0) & 0x7f, { offsetNs, into });
        return true;
      default:
        if (node > 0 && kind >= firstPdo && kind <= lastPdo && kind % 2 === 1)
          this.#repeat(node, offsetNs);
        return false;
    }
  }

  /** Marks states that nobody has confirmed for too long. */
  passTime(offsetNs: number, into: SampleColumns): void {
    for (const { index, node, says, silenceNs } of this.#signals) {
      const heard = this.#nodes[node];
      if (says !== "state" || !heard || heard.isStale) continue;
      if (offsetNs - heard.lastStateNs < silenceNs) continue;
      heard.isStale = true;
      into.push(index, heard.lastStateNs + silenceNs, Number.NaN, Quality.stale);
    }
  }

  /** Offsets count from elsewhere now; a silence across that is not seen. */
  restartTime(): void {
    for (const node of this.#nodes)
      if (node) {
        node.toldAtNs = Number.NEGATIVE_INFINITY;
        node.lastStateNs = 0;
      }
  }

  #state(
    node: number,
    state: number,
    { offsetNs, into }: { offsetNs: number; into: SampleColumns },
  ): void {
    this.#counts.heartbeats++;
    const heard = this.#nodeAt(node);
    heard.lastStateNs = offsetNs;
    heard.isStale = false;
    for (const signal of this.#signals)
      if (signal.node === node && signal.says === "state")
        into.push(signal.index, offsetNs, state, Quality.good);
    if (state === bootUp && heard.codes.length > 0) this.#tell(node, heard, [], offsetNs);
    else this.#repeat(node, offsetNs);
  }

  #emergency(
    node: number,
    frame: { data: Uint8Array; length: number; offsetNs: number; into: SampleColumns },
  ): void {
    const { data, length, offsetNs, into } = frame;
    if (length < emergencyBytes) {
      this.#counts.malformedEmergencies++;
      return;
    }
    this.#counts.emergencies++;
    const heard = this.#nodeAt(node);
    const code = (data[0] ?? 0) | ((data[1] ?? 0) << 8);
    for (const signal of this.#signals)
      if (signal.node === node && signal.says === "error-register")
        into.push(signal.index, offsetNs, data[2] ?? 0, Quality.good);
    // 00xx is "no error"; the low byte of a reset is the maker's own.
    if (code >>> 8 === noError) this.#tell(node, heard, [], offsetNs);
    else if (heard.codes.includes(code)) this.#repeat(node, offsetNs);
    else this.#tell(node, heard, [...heard.codes, code].slice(-mostCodes), offsetNs);
  }

  #repeat(node: number, offsetNs: number): void {
    const heard = this.#nodes[node];
    if (!heard || heard.codes.length === 0) return;
    const sinceNs = offsetNs - heard.toldAtNs;
    if (sinceNs < 0 || sinceNs >= repeatNs) this.#tell(node, heard, heard.codes, offsetNs);
  }

  #tell(node: number, heard: Node, codes: number[], offsetNs: number): void {
    heard.codes = codes;
    heard.toldAtNs = offsetNs;
    this.#onEmergencies({ offsetNs, node, codes });
  }

  #nodeAt(node: number): Node {
    const known = this.#nodes[node];
    if (known) return known;
    const made: Node = {
      codes: [],
      toldAtNs: Number.NEGATIVE_INFINITY,
      lastStateNs: 0,
      isStale: true,
    };
    this.#nodes[node] = made;
    return made;
  }
}
