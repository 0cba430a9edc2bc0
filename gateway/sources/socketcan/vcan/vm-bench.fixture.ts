import { execFileSync, spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Signal } from "@firebreak/plans/plan-schema.ts";
import type { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import type { Subscription } from "rxjs";
import type { SourceEvent } from "../../../decode/source-event.ts";
import { canSignal } from "../../can/can-buses.fixture.ts";
import { createSource } from "../../registry.ts";
import { contextOf } from "../../source.fixture.ts";
import type { Intake, Source, SourceState } from "../../source.ts";

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Resolves with how long it took, ms; fails after `limitMs`. */
export async function until(isSo: () => boolean, what: string, limitMs = 60_000): Promise<number> {
  const startMs = performance.now();
  while (!isSo()) {
    if (performance.now() - startMs > limitMs) throw new Error(`in vain: ${what}`);
    await pause(20);
  }
  return performance.now() - startMs;
}

export const ip = (...args: string[]) => execFileSync("ip", ["link", ...args]);
export const sysctl = (name: string, value: number) =>
  writeFileSync(`/proc/sys/${name.replaceAll(".", "/")}`, String(value));
export const openFiles = () => readdirSync("/proc/self/fd").length;
export const statistic = (name: string, file: string) =>
  Number(readFileSync(`/sys/class/net/${name}/statistics/${file}`, "utf8"));

const sender = spawn(
  "/usr/bin/python3",
  ["-S", "-E", "gateway/sources/socketcan/vcan/send-frames.py"],
  {
    stdio: ["pipe", "pipe", "inherit"],
  },
);
const answers = createInterface({ input: sender.stdout });

/** The independent sender; resolves with its own count of each interface, and the seconds it took. One at a time. */
export function send(seconds: number, ...buses: string[]): Promise<Record<string, number>> {
  sender.stdin.write(`${seconds} ${buses.join(" ")}\n`);
  return new Promise((resolve, reject) => {
    sender.once("exit", () => reject(new Error("the sender has ended")));
    answers.once("line", (text) =>
      resolve(
        Object.fromEntries(
          text.split(" ").map((word) => [word.split("=")[0], Number(word.split("=")[1])]),
        ),
      ),
    );
  });
}

export function run(command: string, ...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.on("data", (piece) => {
      text += piece;
    });
    child.once("error", reject);
    child.once("exit", (code) =>
      code === 0 ? resolve(text.trim()) : reject(new Error(`${command} ended with ${code}`)),
    );
  });
}

/** The number in the sender's frames. */
const sequenceSignal = canSignal({
  can: { pgn: 65_280, startBit: 0, bits: 32, byteOrder: "little" },
});

/** One source on one interface, and what came out of it. */
export class Bus implements Intake {
  readonly name: string;
  readonly source: Source;
  readonly states: { readonly atMs: number; readonly detail: string }[] = [];
  readonly events: SourceEvent[] = [];
  /** Values of each signal, in the order they came; of the sequence only the last. */
  readonly values: number[][];
  sequenceErrors = 0;
  samples = 0;
  last = -1;
  readonly #names: readonly string[];
  readonly #sequenceAt: number;
  readonly #subscription: Subscription;

  constructor(
    name: string,
    signals: Record<string, Signal> = {},
    more: object = {},
    mode: "listen-only" | "requests" = "listen-only",
  ) {
    this.name = name;
    const acquisition = {
      maker: "x",
      models: ["x"],
      signals: { sequence: sequenceSignal, ...signals },
      ...more,
    };
    const context = contextOf({ plan: "made-up", acquisition } as Parameters<typeof contextOf>[0]);
    this.values = context.dictionary.signals.map(() => []);
    this.#names = context.dictionary.signals.map((one) => one.name);
    this.#sequenceAt = context.dictionary.signals.findIndex((one) => one.name === "sequence");
    this.source = createSource({ kind: "socketcan", interface: name, mode }, context);
    this.#subscription = this.source.open(this).subscribe((state) => this.#note(state));
  }

  /** Values of one signal. */
  byName(signal: string): number[] {
    return this.values[this.#names.indexOf(signal)] ?? [];
  }

  #note({ detail }: SourceState): void {
    const kind = (text: string | undefined) => text?.replace(/\d\d:\d\d:\d\dZ|\d+ frames/g, "");
    if (kind(this.states.at(-1)?.detail) !== kind(detail))
      this.states.push({ atMs: performance.now(), detail });
  }

  get detail(): string {
    return this.states.at(-1)?.detail ?? "";
  }

  get frames(): number {
    return this.source.counters().frames ?? 0;
  }

  deliver({ length, signal, value }: SampleColumns, events: readonly SourceEvent[]): void {
    this.events.push(...events);
    for (let row = 0; row < length; row++) {
      this.samples++;
      const at = signal[row] ?? 0;
      const is = value[row] ?? Number.NaN;
      if (at !== this.#sequenceAt) this.values[at]?.push(is);
      else {
        // A sender begins at zero again.
        if (is !== this.last + 1 && is !== 0) this.sequenceErrors++;
        this.last = is;
      }
    }
  }

  whenRoom(): Promise<void> {
    return Promise.resolve();
  }

  async opened(): Promise<this> {
    await until(() => (this.source.counters().opened ?? 0) > 0, `${this.name} open`);
    return this;
  }

  close(): void {
    this.#subscription.unsubscribe();
  }
}
