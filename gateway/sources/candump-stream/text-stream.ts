import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import { pause } from "../pause.ts";

/** Where text comes from. */
export type Place =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "file"; readonly path: string };

const connectTimeoutMs = 10_000;
/** How often a file or FIFO that had nothing more is looked at again. */
const growthPollMs = 20;
const chunkBytes = 64 * 1024;

/** Undefined for an address that is no `tcp://host:port`; everything without `://` is a path. */
export function parsePlace(from: string): Place | undefined {
  if (!from.includes("://")) return { kind: "file", path: from };
  const url = URL.canParse(from) ? new URL(from) : undefined;
  if (url?.protocol !== "tcp:" || url.hostname === "" || url.port === "") return undefined;
  return { kind: "tcp", host: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port) };
}

/**
 * Yields what comes, in pieces; ends when a socket's other side does. A file is followed as it grows and read anew when
 * it was cut; a FIFO stays open while its writers come and go.
 * @throws CodedError CAN_STREAM_UNREACHABLE (retryable)
 */
export function readPieces(place: Place, ending: AbortSignal): AsyncIterable<Uint8Array> {
  return place.kind === "tcp" ? readSocket(place, ending) : readFile(place.path, ending);
}

async function* readSocket(
  { host, port }: { host: string; port: number },
  ending: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const socket = connect({ host, port, noDelay: true });
  const stop = () => socket.destroy();
  ending.addEventListener("abort", stop, { once: true });
  try {
    await connected(socket);
    socket.setKeepAlive(true, 10_000);
    for await (const piece of socket) yield piece as Uint8Array;
  } catch (error) {
    if (!ending.aborted) throw unreachable(`${host}:${port}`, error);
  } finally {
    ending.removeEventListener("abort", stop);
    socket.destroy();
  }
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no answer in time")), connectTimeoutMs);
    socket.once("connect", () => {
      clearTimeout(timer);
      resolve();
    });
    socket.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.once("close", () => {
      clearTimeout(timer);
      reject(new Error("closed"));
    });
  });
}

async function* readFile(path: string, ending: AbortSignal): AsyncGenerator<Uint8Array> {
  let file: FileHandle | undefined;
  try {
    // Without O_NONBLOCK opening a FIFO would hold a thread until somebody writes to it.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const isFifo = (await file.stat()).isFIFO();
    const chunk = new Uint8Array(chunkBytes);
    let at = 0;
    while (!ending.aborted) {
      const bytesRead = await readSome(file, chunk, isFifo ? null : at);
      at += bytesRead;
      if (bytesRead > 0) yield chunk.subarray(0, bytesRead);
      else await pause(growthPollMs, ending);
      if (bytesRead === 0 && !isFifo && (await file.stat()).size < at) at = 0;
    }
  } catch (error) {
    if (!ending.aborted) throw unreachable(path, error);
  } finally {
    await file?.close();
  }
}

/** Zero bytes says that there is nothing now. */
async function readSome(file: FileHandle, chunk: Uint8Array, at: number | null): Promise<number> {
  try {
    return (await file.read(chunk, 0, chunk.length, at)).bytesRead;
  } catch (error) {
    if (errorCode(error) === "EAGAIN") return 0;
    throw error;
  }
}

function unreachable(what: string, error: unknown): CodedError {
  const reason = error instanceof Error ? error.message : errorCode(error);
  return new CodedError("CAN_STREAM_UNREACHABLE", `Cannot read ${what}: ${reason}`, {
    retryable: true,
    cause: error,
  });
}
