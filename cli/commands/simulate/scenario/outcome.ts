import type { TrueFault } from "@firebreak/simulator/run/truth.ts";
import type { Ticket } from "@firebreak/tickets/ticket.ts";
import type { AnsweredOrder } from "./give-orders.ts";
import type { PartBook } from "./stock-book.ts";

/** What a scenario has come to: the truth, and what the hub's interface told of it. Times are of the scenario. */
export interface Outcome {
  readonly machines: readonly MachineOutcome[];
  /** All of the hub, oldest first. */
  readonly tickets: readonly Ticket[];
  /** Batches that left their gateway more than once. */
  readonly sentAgain: number;
  readonly orders: readonly AnsweredOrder[];
  /** Of the parts that a condition asks about, by number. */
  readonly stock: Readonly<Record<string, PartBook>>;
}

export interface MachineOutcome {
  readonly machineId: string;
  readonly group: string;
  readonly problems: readonly TrueProblem[];
  readonly storage: Storage;
}

/** Something that really is the matter: a fault that wears on, or a trouble code that a control unit names. */
export interface TrueProblem extends Pick<TrueFault, "visibleAt" | "failedAt" | "from"> {
  readonly what: string;
  readonly faultCode: string;
  /** Times that it began, where it comes and goes. */
  readonly onsets: number;
}

/** Samples of a machine from its gateway to the store. */
export interface Storage {
  readonly sent: number;
  /** Of the ledger. */
  readonly produced: number;
  readonly stored: number;
  readonly quarantined: number;
  readonly lost: number;
  /** Read back signal by signal. */
  readonly readBack: number;
  readonly unordered: number;
  /** Signals of which more or fewer samples came back than were sent. */
  readonly differing: readonly string[];
}
