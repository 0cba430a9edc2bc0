import { closeSync, openSync, readSync } from "node:fs";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import {
  type CaptureOrder,
  type CaptureReply,
  encodeCaptureText,
  maxPieceBytes,
  parseCaptureOrder,
} from "@firebreak/wire/capture-codec.ts";
import { metricNames } from "@firebreak/wire/session.ts";
import { DataType, type Metric } from "@firebreak/wire/sparkplug-types.ts";
import type { BlackBoxes } from "./black-boxes.ts";

export interface CaptureDeskOptions {
  readonly boxes: Pick<BlackBoxes, "known">;
  /** False: there is no session; the hub asks again. */
  readonly send: (metrics: readonly Metric[]) => boolean;
  /** Nothing else waits to be sent. */
  readonly isIdle: () => boolean;
  readonly hasRoomFor: (machineId: string, bytes: number) => boolean;
  readonly onSent: (machineId: string, bytes: number) => void;
  readonly log: Logger;
}

type ReadOrder = Extract<CaptureOrder, { kind: "read" }>;

/** One per machine would do: the hub asks for one piece at a time. */
const maxWaiting = 16;

/**
 * Carries out the hub's orders about recordings. A piece goes out only while nothing else waits, and only one for each
 * order, so that it never stands in the way of data for longer than it takes itself.
 */
export class CaptureDesk {
  readonly #options: CaptureDeskOptions;
  readonly #waiting = new Map<string, ReadOrder>();

  constructor(options: CaptureDeskOptions) {
    this.#options = options;
  }

  /** An order as it came. Never throws. */
  take(text: string): void {
    try {
      this.#carryOut(parseCaptureOrder(text));
    } catch (err) {
      this.#options.log.warn({ err, code: errorCode(err) }, "an order was not carried out");
    }
  }

  /** Sends at most one piece; call it right after what goes first had its turn. */
  tick(): void {
    const [next] = this.#waiting.values();
    if (next === undefined || !this.#options.isIdle()) return;
    this.#waiting.delete(next.machineId);
    this.#sendPiece(next);
  }

  #carryOut(order: CaptureOrder): void {
    const { machineId } = order;
    if (order.kind === "read") {
      this.#waiting.delete(machineId);
      if (this.#waiting.size < maxWaiting) this.#waiting.set(machineId, order);
      return;
    }
    const { requestId } = order;
    const box = this.#options.boxes.known(machineId);
    const state = box?.request(requestId) ?? "unknown-machine";
    this.#reply({ kind: "record", machineId, requestId, state });
  }

  #sendPiece({ machineId, name, offset, bytes }: ReadOrder): void {
    const reply = { kind: "read", machineId, name, offset } as const;
    const path = this.#options.boxes.known(machineId)?.pathOf(name);
    const piece = path === undefined ? undefined : readPiece(path, offset, bytes);
    if (piece === undefined) this.#reply({ ...reply, state: "gone" });
    else if (!this.#options.hasRoomFor(machineId, piece.length))
      this.#reply({ ...reply, state: "over-budget" });
    else this.#reply({ ...reply, state: "piece" }, piece);
  }

  #reply(reply: CaptureReply, piece?: Uint8Array): void {
    const value = encodeCaptureText(reply);
    const metrics: Metric[] = [
      { name: metricNames.captureReply, datatype: DataType.String, value },
    ];
    if (piece)
      metrics.push({ name: metricNames.capturePiece, datatype: DataType.Bytes, value: piece });
    if (this.#options.send(metrics))
      this.#options.onSent(reply.machineId, value.length + (piece?.length ?? 0));
  }
}

/** Undefined if it cannot be read: as good as gone. */
function readPiece(path: string, offset: number, bytes: number): Uint8Array | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const piece = Buffer.alloc(Math.min(bytes, maxPieceBytes));
    return piece.subarray(0, readSync(file, piece, 0, piece.length, offset));
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
