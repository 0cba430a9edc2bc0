import { type ActiveCode, noCodes, type SignalValues } from "../bus-input.ts";
import { FaultMemory } from "./fault-memory.ts";
import { networkPriority } from "./identifier.ts";
import { dm1Pgn, dm2Pgn, encodeCodes, lampBytes } from "./trouble-codes.ts";
import { textOfUnit, type UnitGroup, type UnitPlan, type UnitTexts } from "./unit-plan.ts";

/** A group as far as its identifier needs it. */
export type SentGroup = Pick<UnitGroup, "pgn" | "priority">;

/** What one control unit can say: its groups, its trouble codes, its texts. */
export class UnitContents {
  readonly #unit: UnitPlan;
  readonly #texts: UnitTexts;
  readonly #memory = new FaultMemory();
  #values: SignalValues = {};
  #revision = 0;
  #codes: readonly ActiveCode[] = noCodes;

  constructor(unit: UnitPlan, texts: UnitTexts) {
    this.#unit = unit;
    this.#texts = texts;
  }

  update(values: SignalValues, revision: number): void {
    this.#values = values;
    this.#revision = revision;
  }

  /** Takes over the codes of the machine that are this unit's; true if a change is to be told at once. */
  takeCodes(codes: readonly ActiveCode[], nowMs: number): boolean {
    this.#codes = codes.filter(({ sa }) => sa === this.#unit.sa);
    return this.#memory.update(this.#codes, nowMs);
  }

  /** DM1. */
  activeCodes(): Uint8Array {
    return encodeCodes(lampBytes(this.#codes), this.#memory.active());
  }

  /** A copy, for what is under way must not change; undefined if the machine has nothing to say in it. */
  bytesOf({ message }: UnitGroup): Uint8Array | undefined {
    if (!message.isFitted(this.#values)) return undefined;
    return message.encode(this.#values, this.#revision).slice();
  }

  /** The answer to a request; undefined if the unit has none. */
  answerTo(pgn: number): (SentGroup & { readonly bytes: Uint8Array }) | undefined {
    const group = this.#unit.groups.find((one) => one.pgn === pgn);
    const bytes = group ? this.bytesOf(group) : this.#ownAnswer(pgn);
    return bytes && { pgn, priority: group?.priority ?? networkPriority, bytes };
  }

  #ownAnswer(pgn: number): Uint8Array | undefined {
    if (pgn === dm1Pgn) return this.activeCodes();
    if (pgn === dm2Pgn) return encodeCodes(lampBytes(this.#codes), this.#memory.previouslyActive());
    return textOfUnit(pgn, this.#texts);
  }
}
