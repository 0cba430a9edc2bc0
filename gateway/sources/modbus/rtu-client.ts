import { setTimeout as sleep } from "node:timers/promises";
import type { CodedError } from "@firebreak/kit/coded-error.ts";
import type { SerialSettings } from "../serial/serial-config.ts";
import { openSerialLine, type SerialLine } from "../serial/serial-line.ts";
import { startAnswerTimer } from "./answer-timer.ts";
import { dataBytesOf, decodeReply, encodeRead } from "./framing/pdu.ts";
import { encodeRtu, type RtuCounts, RtuReceiver } from "./framing/rtu-frame.ts";
import {
  closedFailure,
  type Hear,
  type LinkCounts,
  type ModbusClient,
  type ReadOutcome,
  type ReadRequest,
} from "./modbus-client.ts";

const maxWords = 2_000;
/** Silence that ends a frame: 3.5 characters, above 19,200 bit/s fixed. @see Modbus over serial line 1.02, 2.5.1.1 */
const fixedSilenceMs = 1.75;
/** After a spoilt answer the line must be this quiet before it is asked again. */
const calmMs = 20;

/**
 * Opens a serial line for Modbus RTU.
 * @throws CodedError SERIAL_OPEN_FAILED (retryable)
 */
export async function openRtu(
  settings: SerialSettings,
  counts: LinkCounts,
  hear: Hear = () => {},
): Promise<ModbusClient> {
  const client = new RtuClient(settings, counts, hear);
  await client.open();
  return client;
}

class RtuClient implements ModbusClient {
  readonly #settings: SerialSettings;
  readonly #counts: LinkCounts;
  readonly #hear: Hear;
  readonly #receiver = new RtuReceiver();
  readonly #words = new Uint16Array(maxWords);
  readonly #msPerByte: number;
  #line: SerialLine | undefined;
  #lost: CodedError | undefined;
  #lastByteMs = Number.NEGATIVE_INFINITY;
  #minQuietMs = 0;
  /** Set while an answer is awaited; without bytes: the line is lost. */
  #onBytes: ((bytes?: Uint8Array) => void) | undefined;

  constructor(settings: SerialSettings, counts: LinkCounts, hear: Hear) {
    this.#hear = hear;
    this.#settings = settings;
    this.#counts = counts;
    const { baudRate, dataBits, parity, stopBits } = settings;
    this.#msPerByte = (1_000 * (1 + dataBits + (parity === "none" ? 0 : 1) + stopBits)) / baudRate;
  }

  async open(): Promise<void> {
    this.#line = await openSerialLine(this.#settings, {
      onBytes: (bytes) => this.#arrived(bytes),
      onLost: (error) => {
        this.#lost = error;
        this.#onBytes?.();
      },
    });
    this.#counts.connects++;
  }

  async read(request: ReadRequest): Promise<ReadOutcome> {
    const isQuiet = await this.#silence(request);
    const line = this.#line;
    if (this.#lost || !line) return closedFailure(this.#lost?.message ?? "closed");
    if (!isQuiet) return garbled("the line is never quiet");
    const { unitId, block } = request;
    const frame = encodeRtu(unitId, encodeRead(block));
    this.#receiver.expect(frame, dataBytesOf(block));
    const outcome = await this.#exchange(line, frame, request);
    this.#minQuietMs = "failure" in outcome && outcome.failure.kind === "garbled" ? calmMs : 0;
    this.#count(this.#receiver.counts);
    return outcome;
  }

  async close(): Promise<void> {
    const line = this.#line;
    this.#line = undefined;
    this.#onBytes?.();
    await line?.close();
  }

  #arrived(bytes: Uint8Array): void {
    this.#lastByteMs = performance.now();
    this.#counts.bytes += bytes.length;
    this.#hear("reply", bytes);
    if (this.#onBytes) this.#onBytes(bytes);
    else this.#counts.strayBytes += bytes.length;
  }

  /** Waits until the line has been quiet for long enough; false if it does not become so in time. */
  async #silence({ quietMs, timeoutMs }: ReadRequest): Promise<boolean> {
    const { baudRate } = this.#settings;
    const frameMs = baudRate > 19_200 ? fixedSilenceMs : 3.5 * this.#msPerByte;
    const wantedMs = Math.max(frameMs, quietMs, this.#minQuietMs);
    const deadlineMs = performance.now() + timeoutMs;
    for (;;) {
      const leftMs = this.#lastByteMs + wantedMs - performance.now();
      if (leftMs <= 0 || this.#lost) return true;
      if (performance.now() > deadlineMs) return false;
      await sleep(Math.ceil(leftMs));
    }
  }

  async #exchange(
    line: SerialLine,
    frame: Uint8Array,
    { block, timeoutMs }: ReadRequest,
  ): Promise<ReadOutcome> {
    const lineMs = (frame.length * 2 + dataBytesOf(block) + 5) * this.#msPerByte;
    const answered = new Promise<ReadOutcome>((resolve) => {
      const finish = (outcome: ReadOutcome) => {
        endTimer();
        this.#onBytes = undefined;
        resolve(outcome);
      };
      const endTimer = startAnswerTimer(Math.ceil(timeoutMs + lineMs), () =>
        finish(this.#outcomeOf(this.#receiver.finish(), block) ?? this.#explained()),
      );
      this.#onBytes = (bytes) => {
        if (!bytes) return finish(closedFailure(this.#lost?.message ?? "closed"));
        const outcome = this.#outcomeOf(this.#receiver.push(bytes), block);
        if (outcome) finish(outcome);
      };
    });
    this.#hear("request", frame);
    // A line that takes nothing is told by `onLost`, or by silence.
    line.write(frame).catch(() => this.#onBytes?.());
    return answered;
  }

  #outcomeOf(pdu: Uint8Array | undefined, block: ReadRequest["block"]): ReadOutcome | undefined {
    if (pdu === undefined) return undefined;
    const reply = decodeReply(pdu, block, this.#words);
    if (reply.kind === "words") return { words: this.#words };
    return reply.kind === "exception" ? { failure: reply } : undefined;
  }

  #explained(): ReadOutcome {
    const { bytes, crcErrors, echoes, foreign } = this.#receiver.counts;
    // The eight bytes of our own request are no answer.
    if (bytes <= echoes * 8) return { failure: { kind: "silence", reason: "no answer in time" } };
    if (foreign > 0) return garbled("what came is of another unit, function or length");
    if (crcErrors > 0) return garbled("wrong check sum (CRC)", "check-sum");
    return garbled(
      "bytes that make no frame; wrong bit rate or parity, or a disturbed line",
      "no-frame",
    );
  }

  #count({ crcErrors, echoes, foreign }: RtuCounts): void {
    this.#counts.crcErrors += crcErrors;
    this.#counts.echoes += echoes;
    this.#counts.foreignFrames += foreign;
  }
}

const garbled = (reason: string, is?: "no-frame" | "check-sum"): ReadOutcome => ({
  failure: { kind: "garbled", reason, ...(is ? { is } : {}) },
});
