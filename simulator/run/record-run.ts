import { once } from "node:events";
import { createWriteStream } from "node:fs";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { type ActiveCode, noCodes } from "../buses/bus-input.ts";
import { CandumpFile } from "../buses/outputs/candump-file.ts";
import { recordBuses } from "../buses/record-buses.ts";
import { type LookOptions, timesOf } from "./run-times.ts";
import type { Simulation } from "./simulation.ts";

/** Rows written to a file at once. */
const rowsPerPiece = 512;

/**
 * Writes what a machine measures as CSV: `time` in ISO 8601, then the signals of its plan in their units; empty is not
 * available, `error` a sensor error. Rows only while it is switched on.
 * @returns the number of rows
 * @throws Error of the file system
 */
export async function recordCsv(
  simulation: Simulation,
  plan: Plan,
  of: LookOptions & { readonly path: string; readonly onRow?: (timeMs: number) => void },
): Promise<number> {
  const names = Object.keys(plan.acquisition.signals);
  const file = createWriteStream(of.path);
  let piece = [["time", ...names].join(",")];
  let rows = 0;
  const write = async () => {
    if (!file.write(`${piece.join("\n")}\n`)) await once(file, "drain");
    piece = [];
  };
  for (const timeMs of timesOf(simulation, of)) {
    const measured = simulation.signals();
    piece.push(
      [new Date(timeMs).toISOString(), ...names.map((name) => cell(measured[name]))].join(","),
    );
    rows++;
    of.onRow?.(timeMs);
    if (piece.length >= rowsPerPiece) await write();
  }
  if (piece.length > 0) await write();
  file.end();
  await once(file, "finish");
  return rows;
}

function cell(value: number | null | undefined): string {
  if (value === undefined || value === null) return "";
  return Number.isNaN(value) ? "error" : String(Number(value.toPrecision(7)));
}

/** The physics is asked so often; its buses repeat what it said in between. */
const bodyStepMs = 100;

/**
 * Writes what is on the CAN buses of a machine as candump text, every frame at its own rate; what it has on Modbus is not
 * in it. The same run gives the same bytes.
 * @returns the number of frames
 * @throws CodedError CANDUMP_FILE_FAILED
 */
export async function recordCan(
  simulation: Simulation,
  plan: Plan,
  of: {
    readonly path: string;
    readonly machineId: string;
    readonly untilMs: number;
    readonly onStep?: (timeMs: number) => void;
  },
): Promise<number> {
  const zeroMs = simulation.timeMs;
  const output = new CandumpFile(of.path);
  let codes: readonly ActiveCode[] = noCodes;
  try {
    return recordBuses(
      plan,
      {
        machineId: of.machineId,
        controlUnits: simulation.type.controlUnits,
        zeroMs,
        durationMs: of.untilMs - zeroMs,
        stepMs: bodyStepMs,
      },
      output,
      (timeMs) => {
        simulation.advanceTo(zeroMs + timeMs);
        of.onStep?.(simulation.timeMs);
        const now = simulation.codes();
        if (JSON.stringify(now) !== JSON.stringify(codes)) codes = now;
        return { values: simulation.signals(), codes };
      },
    );
  } finally {
    await output.close();
  }
}
