import type { JournalEntry } from "@firebreak/ingest/consume/consumer.ts";
import type { Clock } from "@firebreak/kit/clock.ts";
import { createLogger } from "@firebreak/kit/logger.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { createRuleEngine, type RuleEngine } from "@firebreak/rules/engine/rule-engine.ts";
import type { FieldWorld } from "@firebreak/tickets/field/field-world.fixture.ts";
import { createJudgeStore, type JudgeStore } from "@firebreak/tickets/registry/judge-store.ts";
import type { Verifier } from "@firebreak/tickets/verification/verifier.ts";
import { Checkpoints } from "./checkpoints.ts";
import { createJudge } from "./judge.ts";

/** What is judged into. */
type World = Pick<FieldWorld, "db" | "service"> & { readonly clock: Clock };

/** A journal in memory and a judge on it that can be started again. Positions count by one. */
export class JudgedJournal {
  readonly records: JournalEntry[] = [];
  readonly #world: World;
  readonly #verifier: Verifier;
  readonly #plan: Plan;
  store!: JudgeStore;
  engine!: RuleEngine;
  judge!: ReturnType<typeof createJudge>;
  judged = 0;
  /** Whether gateways say that they have more. */
  isMoreComing = false;

  constructor(world: World, verifier: Verifier, plan: Plan) {
    this.#world = world;
    this.#verifier = verifier;
    this.#plan = plan;
  }

  /** As a hub does at its start: what it knows is what is committed, and it reads on from there. */
  async start(): Promise<void> {
    const { db, service, clock } = this.#world;
    const plan = this.#plan;
    this.store = createJudgeStore(db);
    const engine = createRuleEngine({ planOf: () => plan });
    this.engine = engine;
    const states = await this.store.loadStates();
    for (const { machineId, text } of states) engine.restore(machineId, text);
    await this.#verifier.start();
    const savedTo = states.map(({ machineId, upTo }) => [machineId, upTo] as const);
    const offset = (await this.store.loadOffset()) ?? 0;
    this.judge = createJudge({
      ...{ db, store: this.store, engine, tickets: service, verifier: this.#verifier, offset },
      machines: new Map((await this.store.machines()).map((one) => [one.machineId, one])),
      dictionaries: new Map((await this.store.loadDictionaries()).map((one) => [one.hash, one])),
      checkpoints: new Checkpoints(savedTo, clock.monotonicMs),
      reread: (from, to) => this.records.slice(from, to),
      now: clock.nowMs,
      isMoreComing: () => this.isMoreComing,
      log: createLogger("silent"),
    });
    this.judged = offset;
    while (this.judged < this.records.length) await this.judgeNext(1);
  }

  append(record: JournalEntry["record"]): void {
    const position = this.records.length;
    this.records.push({ position, next: position + 1, record });
  }

  /** Judges so many records as one chunk. */
  async judgeNext(count: number): Promise<void> {
    const entries = this.records.slice(this.judged, this.judged + count);
    const next = this.judged + entries.length;
    await this.judge.handle(entries, next, next === this.records.length);
    this.judged = next;
  }
}
