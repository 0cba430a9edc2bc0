import type { Verdict } from "./verdict.ts";

/** Engineering defaults of what is learnt from service reports. */
export interface LessonsConfig {
  /** A rule is judged from this many verdicts on. */
  readonly minVerdicts: number;
  /** A rule whose precision is below this opens no more tickets. */
  readonly minPrecision: number;
  /** Of the normal distribution, for the bounds of a share; 1.96 is 95 %. */
  readonly confidenceZ: number;
  /** Whether a verdict speaks for the rule or against it; absent: it says nothing of precision. */
  readonly speaksFor: Partial<Record<Verdict, boolean>>;
  /** A predicted part that still has this share of its life was called too early. */
  readonly earlyLifeShare: number;
  /** What a warning ahead should reach. */
  readonly warningDays: number;
  /** The same fault on this many machines of one model within `spreadDays` goes to the designers (MR-8). */
  readonly spreadMachines: number;
  readonly spreadDays: number;
  /** Most cases a proposal for the fault catalogue is made of, newest first. */
  readonly maxCases: number;
}

export const lessonsDefaults: LessonsConfig = {
  minVerdicts: 10,
  minPrecision: 0.5,
  confidenceZ: 1.96,
  // Too early or too late, the fault the rule named was the one that was found.
  speaksFor: {
    true_positive: true,
    early: true,
    late: true,
    false_positive: false,
    different_fault: false,
    // It believed a sensor that could not be believed.
    sensor: false,
  },
  earlyLifeShare: 0.5,
  warningDays: 30,
  spreadMachines: 5,
  spreadDays: 30,
  maxCases: 200,
};
