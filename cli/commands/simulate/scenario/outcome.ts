import type { TrueFault } from "@firebreak/simulator/run/truth.ts";
import type { Ticket } from "@firebreak/tickets/ticket.ts";
import type { AnsweredOrder } from "./give-orders.ts";
import type { Call } from "./staff/customers.ts";
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
  /** Of an organisation that served the machines. */
  readonly service?: Service;
}

/** How an organisation served the machines, beside its tickets. */
export interface Service {
  readonly calls: readonly Call[];
  /** Orders that the hub did not take, by order and reason. */
  readonly refused: Readonly<Record<string, number>>;
  /** Numbers of the parts that headquarters plans. */
  readonly coreParts: readonly string[];
  /** The hub's own figures of the whole time. */
  readonly turnover: number | null;
  readonly firstTimeFixRate: number | null;
}

export interface MachineOutcome {
  readonly machineId: string;
  readonly group: string;
  readonly problems: readonly TrueProblem[];
  /** Samples that left its gateway. */
  readonly sent: number;
  /** Where a condition asks for it: it is read back sample by sample. */
  readonly storage?: Storage;
}

/** Something that really is the matter: a fault that wears on, or a trouble code that a control unit names. */
export interface TrueProblem extends Pick<TrueFault, "visibleAt" | "failedAt" | "from"> {
  /** When a repair ended it. */
  readonly repairedAt: string | null;
  readonly stopsTheMachine: boolean;
  readonly what: string;
  readonly faultCode: string;
  /** Of the plan's failure mode; empty for a code that no plan explains. */
  readonly component: string;
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

/** Whether a ticket names a problem: by its failure mode, or by its component where it names none. */
export const speaksOf = (
  { faultCode, component }: Pick<Ticket, "faultCode" | "component">,
  problem: Pick<TrueProblem, "faultCode" | "component">,
): boolean =>
  faultCode === undefined ? component === problem.component : faultCode === problem.faultCode;
