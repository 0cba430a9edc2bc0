import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, constants, existsSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CodedError } from "@firebreak/kit/coded-error.ts";

/** Who does not read for so long that this much waits loses what comes then, as at an adapter with a full buffer. */
const maxWaitingBytes = 64 * 1024;
const openTimeoutMs = 10_000;
const pollMs = 5;

/** The device's end of a serial line. */
export interface ByteLine {
  /** What a reader opens as its serial port. */
  readonly path: string;
  /** False if nobody reads, and the bytes were dropped. */
  write(bytes: Uint8Array): boolean;
  /** Unplugs it: the reader's port is gone. */
  close(): Promise<void>;
}

/** Called with bytes as they come, in pieces of any size. */
type OnBytes = (bytes: Uint8Array) => void;

/**
 * Makes a pseudo terminal: a serial port without hardware that a reader may open and close as it likes.
 * @throws CodedError NO_PSEUDO_TERMINAL, with what to install
 */
export async function openPseudoTerminal(onBytes: OnBytes): Promise<ByteLine> {
  const folder = mkdtempSync(join(tmpdir(), "firebreak-line-"));
  const path = join(folder, "tty");
  const child = spawn("socat", ["STDIO", `pty,raw,echo=0,link=${path}`], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const failure = await opened(child, path);
  if (failure !== undefined) {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
    throw noTerminal(failure);
  }
  // Held open, or it would end when the first reader leaves.
  const held = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  return lineOf(child, path, {
    onBytes,
    afterwards() {
      closeSync(held);
      rmSync(folder, { recursive: true, force: true });
    },
  });
}

/**
 * Opens a serial port that is there, to be a device on it.
 * @param baudRate bit/s, 8N1
 * @throws CodedError SERIAL_LINE_FAILED
 */
export async function openSerialPort(
  path: string,
  baudRate: number,
  onBytes: OnBytes,
): Promise<ByteLine> {
  const settings = `${path},raw,echo=0,b${baudRate},cs8,parenb=0,cstopb=0`;
  const child = spawn("socat", ["STDIO", settings], { stdio: ["pipe", "pipe", "ignore"] });
  const failure = existsSync(path) ? await opened(child, path) : new Error("no such device");
  if (failure === undefined) return lineOf(child, path, { onBytes, afterwards: () => {} });
  child.kill("SIGKILL");
  throw new CodedError(
    "SERIAL_LINE_FAILED",
    `Cannot be a device on ${path}: ${failure.message}. Is socat installed, the port there, and nobody else on it?`,
    { retryable: true, cause: failure },
  );
}

interface PipedChild extends ChildProcess {
  readonly stdin: NonNullable<ChildProcess["stdin"]>;
  readonly stdout: NonNullable<ChildProcess["stdout"]>;
}

/** Undefined once `path` is there; else why not. */
async function opened(child: ChildProcess, path: string): Promise<Error | undefined> {
  let failure: Error | undefined;
  child.once("error", (error) => {
    failure = error;
  });
  const deadlineMs = performance.now() + openTimeoutMs;
  do {
    await new Promise((resolve) => setTimeout(resolve, pollMs));
    if (failure) return failure;
    if (child.exitCode !== null) return new Error(`socat ended with ${child.exitCode}`);
    if (existsSync(path)) return undefined;
  } while (performance.now() < deadlineMs);
  return new Error("it did not come in time");
}

function lineOf(
  child: PipedChild,
  path: string,
  { onBytes, afterwards }: { readonly onBytes: OnBytes; readonly afterwards: () => void },
): ByteLine {
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.stdout.on("data", (bytes: Uint8Array) => onBytes(bytes));
  // A line that is gone takes nothing; its reader notices.
  child.stdin.on("error", () => {});
  return {
    path,
    write(bytes) {
      const takes = child.stdin.writable && child.stdin.writableLength < maxWaitingBytes;
      if (takes) child.stdin.write(bytes);
      return takes;
    },
    async close() {
      child.kill("SIGKILL");
      await ended;
      afterwards();
    },
  };
}

const noTerminal = (cause: Error): CodedError =>
  new CodedError(
    "NO_PSEUDO_TERMINAL",
    `No serial port can be simulated: ${cause.message}. Install socat (apt-get install socat), or take CAN over TCP and Modbus TCP.`,
    { cause },
  );
