import { stat } from "node:fs/promises";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import type { SerialPort } from "serialport";
import type { SerialSettings } from "./serial-config.ts";

/** An open serial port. Bytes come as they came over the wire, in pieces of any size. */
export interface SerialLine {
  /** Hands the bytes to the driver; resolves when it took them. @throws CodedError SERIAL_LINE_LOST (retryable) */
  write(bytes: Uint8Array): Promise<void>;
  /** Throws away what has come and was not read yet. */
  discardInput(): Promise<void>;
  close(): Promise<void>;
}

export interface SerialListener {
  onBytes(bytes: Uint8Array): void;
  /** Once, when the port is gone without having been closed: unplugged, or broken. */
  onLost(error: CodedError): void;
}

const openTimeoutMs = 5_000;
/** The driver may never say that an adapter was unplugged, but its device is gone then. */
const presenceMs = 1_000;

/**
 * Opens a serial port for this process alone.
 * @throws CodedError SERIAL_OPEN_FAILED (retryable: a plug may come back), with what to do in its text
 */
export async function openSerialLine(
  settings: SerialSettings,
  listener: SerialListener,
): Promise<SerialLine> {
  const { port: path, baudRate, dataBits, parity, stopBits } = settings;
  // Only where there is a serial port: it brings a native module.
  const { SerialPort } = await import("serialport");
  const port = new SerialPort({
    path,
    baudRate,
    dataBits,
    parity,
    stopBits,
    lock: true,
    autoOpen: false,
  });
  let isClosing = false;
  let isLost = false;
  let presence: NodeJS.Timeout | undefined;
  const lose = (error: unknown) => {
    if (isClosing || isLost) return;
    isLost = true;
    clearInterval(presence);
    port.destroy();
    listener.onLost(lost(path, error));
  };
  // Before opening: a failure that nobody listens to would end the process.
  port.on("error", lose);
  try {
    await open(port);
  } catch (error) {
    isClosing = true;
    port.destroy();
    throw cannotOpen(path, error);
  }
  const device = await deviceOf(path);
  presence = setInterval(async () => {
    if ((await deviceOf(path)) !== device) lose(new Error("its device was unplugged"));
  }, presenceMs);
  port.on("data", (bytes: Uint8Array) => listener.onBytes(bytes));
  port.on("close", (error: unknown) => lose(error));
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        if (isLost || isClosing) return reject(lost(path, new Error("it is closed")));
        port.write(bytes as Buffer, undefined, (error) => {
          if (!error) return resolve();
          lose(error);
          reject(lost(path, error));
        });
      }),
    discardInput: () =>
      new Promise((resolve) => {
        if (isLost || isClosing) resolve();
        else port.flush(() => resolve());
      }),
    close: () =>
      new Promise((resolve) => {
        isClosing = true;
        clearInterval(presence);
        if (!port.isOpen) resolve();
        else port.close(() => resolve());
      }),
  };
}

function open(port: SerialPort): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no answer in time")), openTimeoutMs);
    port.open((error) => {
      clearTimeout(timer);
      if (error) reject(error);
      else resolve();
    });
  });
}

/** Which device lies behind a path now; undefined when there is none. */
const deviceOf = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ rdev }) => rdev,
    () => undefined,
  );

/** The binding only has words; these are the ones an installer meets. */
const advice: readonly (readonly [RegExp, string])[] = [
  [/no such file|cannot find/i, "there is no such device; is the adapter plugged in?"],
  [/permission denied/i, "no permission; the gateway's user must be in the group dialout"],
  [/resource temporarily unavailable|cannot lock|busy/i, "another program has it open"],
  [/inappropriate ioctl|not a tty|invalid argument/i, "it is no serial port"],
];

function cannotOpen(path: string, error: unknown): CodedError {
  const words = error instanceof Error ? error.message : errorCode(error);
  const known = advice.find(([pattern]) => pattern.test(words))?.[1] ?? words;
  return new CodedError("SERIAL_OPEN_FAILED", `Cannot open ${path}: ${known}`, {
    retryable: true,
    cause: error,
  });
}

function lost(path: string, error: unknown): CodedError {
  const words = error instanceof Error ? `: ${error.message}` : "";
  return new CodedError("SERIAL_LINE_LOST", `${path} is gone${words}`, {
    retryable: true,
    cause: error,
  });
}
