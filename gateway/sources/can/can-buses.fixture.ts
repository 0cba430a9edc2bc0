import type { Plan, Signal } from "@firebreak/plans/plan-schema.ts";
import { Collector, contextOf } from "../source.fixture.ts";
import { CanBuses } from "./can-buses.ts";
import { createRecordingFrame, type RecordingFrame } from "./recording-frame.ts";

/** A signal of a made-up plan; `place` holds its `j1939` or `can`. */
export const canSignal = (place: object, more: Partial<Signal> = {}): Signal => ({
  title: { en: "x", "zh-CN": "x" },
  unit: "kPa",
  scale: 1,
  offset: 0,
  range: [-1e12, 1e12],
  sampling: "every",
  source: "made up",
  ...place,
  ...more,
});

/** The buses of a machine with these signals, and what they deliver. */
export function busesOf(signals: Record<string, Signal>, more: object = {}) {
  const acquisition = { maker: "x", models: ["x"], signals, ...more };
  const context = contextOf({ plan: "made-up", acquisition } as Pick<Plan, "plan" | "acquisition">);
  const collector = new Collector(context);
  const buses = new CanBuses(context, collector);
  let timeNs = 1_700_000_000_000_000_000n;
  return {
    buses,
    collector,
    context,
    frameOf,
    /** Takes a frame written as `id#hex`, as candump does; three digits of id are 11 bits. */
    take(text: string, more: Partial<RecordingFrame> = {}): void {
      buses.take(frameOf(text, more), timeNs);
      timeNs += 1_000_000n;
    },
    pass(ms: number): void {
      timeNs += BigInt(ms) * 1_000_000n;
    },
    /** Everything delivered so far as `signal value` or `signal quality`. */
    said(): string[] {
      buses.deliver();
      return collector.rows.map(({ signal, value, quality }) => `${signal} ${value ?? quality}`);
    },
  };
}

function frameOf(text: string, more: Partial<RecordingFrame> = {}): RecordingFrame {
  const [id = "", hex = ""] = text.split("#");
  const frame = { ...createRecordingFrame(), bus: "can0", ...more };
  frame.canId = Number.parseInt(id, 16);
  frame.isExtended = id.length > 3;
  const bytes = Buffer.from(hex, "hex");
  frame.data.set(bytes);
  frame.length = bytes.length;
  return frame;
}
