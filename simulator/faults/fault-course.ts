import { createRandom } from "../random.ts";
import type { FaultModel } from "./fault-model.ts";

/** How far one fault of one machine has come. Times are milliseconds since the epoch, NaN until they come. */
export interface FaultCourse {
  readonly fault: string;
  readonly failureMode: string;
  readonly fromMs: number;
  /** Hours of nominal exposure that this one takes. */
  readonly lifeHours: number;
  progress: number;
  severity: number;
  visibleMs: number;
  failedMs: number;
  repairedMs: number;
}

/** @param of.lifeHours absent: drawn by the seed between the fault's shortest and longest */
export function startFault(
  model: Pick<FaultModel<never>, "id" | "failureMode" | "lifeHours">,
  of: { readonly seed: number; readonly fromMs: number; readonly lifeHours?: number },
): FaultCourse {
  const [shortest, longest] = model.lifeHours;
  const { lifeHours = shortest * (longest / shortest) ** createRandom(of.seed)() } = of;
  return {
    fault: model.id,
    failureMode: model.failureMode,
    fromMs: of.fromMs,
    lifeHours,
    progress: 0,
    severity: 0,
    visibleMs: Number.NaN,
    failedMs: Number.NaN,
    repairedMs: Number.NaN,
  };
}

/** Lets damage grow for `dt` seconds. A failed one stays failed; a repaired one is gone. */
export function stepFault(
  course: FaultCourse,
  model: Pick<FaultModel<never>, "shape" | "visibleFrom">,
  of: { readonly timeMs: number; readonly exposure: number; readonly dt: number },
): void {
  if (of.timeMs < course.fromMs || !Number.isNaN(course.repairedMs)) return;
  course.progress = Math.min(1, course.progress + (of.exposure * of.dt) / 3600 / course.lifeHours);
  course.severity = course.progress ** model.shape;
  if (Number.isNaN(course.visibleMs) && course.severity >= model.visibleFrom)
    course.visibleMs = of.timeMs;
  if (Number.isNaN(course.failedMs) && course.progress >= 1) course.failedMs = of.timeMs;
}

/** As good as new; when it was seen and failed stays known. One that has not begun yet comes all the same. */
export function repairFault(course: FaultCourse, timeMs: number): void {
  if (timeMs < course.fromMs || !Number.isNaN(course.repairedMs)) return;
  course.repairedMs = timeMs;
  course.progress = 0;
  course.severity = 0;
}
