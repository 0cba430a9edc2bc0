import type { Database } from "@firebreak/kit/database.ts";
import type { ConfigProblem } from "@firebreak/kit/load-config.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { ConfigurationName, ConfigurationReport } from "@firebreak/wire/configuration.ts";
import { maxConfigurationText } from "@firebreak/wire/configuration.ts";
import { configurationHash } from "@firebreak/wire/configuration-codec.ts";
import { chooseGateways, type FleetGateway, type GatewayChoice } from "./choose-gateways.ts";
import {
  cancel,
  defaultCanaries,
  heard,
  isOpen,
  isUnderWay,
  nextStep,
  ordered,
  planWaves,
  type Rollout,
  type RolloutOrder,
  type RolloutSettings,
  type RolloutTarget,
} from "./rollout.ts";
import { RolloutBook } from "./rollout-book.ts";
import { badText } from "./rollout-errors.ts";
import {
  confirmedVersions,
  loadRollouts,
  migrateRollouts,
  type RolloutTables,
  saveRollout,
} from "./rollout-tables.ts";
import { Speaker, type SpeakerOptions } from "./speaker.ts";
import { planTakeBack } from "./take-back.ts";

export interface RolloutDeskOptions extends SpeakerOptions {
  readonly db: Database;
  readonly log: Logger;
  readonly fleet: () => Promise<readonly FleetGateway[]>;
  /** Mistakes that a text has whatever gateway it is for. */
  readonly check: (text: string) => Promise<readonly ConfigProblem[]>;
  readonly tickMs?: number;
}

export interface NewRollout extends GatewayChoice {
  /** Chosen by who asks: the same again makes nothing new. */
  readonly rolloutId: string;
  readonly title: string;
  readonly text: string;
  readonly settings?: Partial<RolloutSettings> | undefined;
}

/** What a gateway said last of its configuration. */
export interface GatewayConfiguration extends ConfigurationReport {
  readonly gatewayId: string;
}

export interface RolloutDesk {
  /** Newest first: at most 200, and more only while more are not over. */
  list(): readonly Rollout[];
  /** @throws CodedError ROLLOUT_UNKNOWN */
  get(rolloutId: string): Promise<Rollout & { readonly text: string }>;
  check(text: string): Promise<readonly ConfigProblem[]>;
  /** @throws CodedError BAD_CONFIGURATION, ROLLOUT_NOBODY, ROLLOUT_OVERLAP */
  create(order: NewRollout, actor: string): Promise<Rollout>;
  /** @throws CodedError ROLLOUT_UNKNOWN, ROLLOUT_STATE */
  order(rolloutId: string, order: RolloutOrder): Promise<Rollout>;
  /** Every gateway that it reached gets what it had before. @throws CodedError ROLLOUT_UNKNOWN, ROLLOUT_OVERLAP, ROLLOUT_NOBODY */
  rollBack(rolloutId: string, newId: string, actor: string): Promise<Rollout>;
  /** What gateways have said since the hub started. */
  reports(): readonly GatewayConfiguration[];
  hear(gatewayId: string, report: ConfigurationReport): void;
  /** Does what is due; resolves when it is done. */
  tick(): Promise<void>;
  stop(): Promise<void>;
}

const kept = 200;
const defaults = { soakMs: 1_800_000, wavePercent: 20, maxFailures: 0 };

/** Opens the desk with everything that was under way when the hub ended; it goes on by itself. */
export async function openRolloutDesk(options: RolloutDeskOptions): Promise<RolloutDesk> {
  await migrateRollouts(options.db);
  const rows = await options.db
    .tables<RolloutTables>()
    .selectFrom("configurations")
    .selectAll()
    .execute();
  return new Desk(options, await loadRollouts(options.db, kept), rows);
}

class Desk implements RolloutDesk {
  readonly #options: RolloutDeskOptions;
  readonly #book: RolloutBook;
  /** By number. */
  readonly #texts = new Map<number, ConfigurationName & { readonly text: string }>();
  readonly #reports = new Map<string, ConfigurationReport>();
  readonly #speaker: Speaker;
  /** One thing after the other. */
  #work: Promise<unknown> = Promise.resolve();
  readonly #timer: NodeJS.Timeout;

  constructor(
    options: RolloutDeskOptions,
    rollouts: readonly Rollout[],
    rows: readonly RolloutTables["configurations"][],
  ) {
    this.#options = options;
    this.#speaker = new Speaker(options);
    this.#book = new RolloutBook(kept, rollouts);
    for (const { version, hash, text } of rows)
      this.#texts.set(Number(version), { version: Number(version), hash, text });
    this.#timer = setInterval(() => void this.tick(), options.tickMs ?? 1_000);
  }

  list(): readonly Rollout[] {
    return this.#book.list();
  }

  async get(rolloutId: string): Promise<Rollout & { readonly text: string }> {
    const rollout = this.#book.known(rolloutId);
    return { ...rollout, text: this.#texts.get(rollout.version)?.text ?? "" };
  }

  check(text: string): Promise<readonly ConfigProblem[]> {
    const { check } = this.#options;
    if (text.length <= maxConfigurationText) return check(text);
    const message = `is longer than ${maxConfigurationText} characters`;
    return Promise.resolve([{ path: "", line: 1, column: 1, message }]);
  }

  create(order: NewRollout, actor: string): Promise<Rollout> {
    return this.#inTurn(async () => {
      const known = this.#book.find(order.rolloutId);
      if (known !== undefined) return known;
      const problems = await this.check(order.text);
      if (problems.length > 0) throw badText(problems);
      const { fleet, facts } = this.#options;
      const gatewayIds = chooseGateways(await fleet(), order, (id) => facts.isOnline(id));
      this.#book.refuseOverlap(gatewayIds);
      const canaryCount = defaultCanaries(gatewayIds.length);
      const settings = { ...defaults, canaryCount, ...order.settings };
      const version = this.#nextVersion();
      const waves = planWaves(gatewayIds, settings);
      const targets = await this.#targets(
        gatewayIds.map((gatewayId, at) => ({ gatewayId, wave: waves[at] ?? 0, version })),
      );
      const { rolloutId, title, text } = order;
      const made = { rolloutId, version, title, settings, targets, createdBy: actor };
      return this.#add({ ...made, rollbackOf: null }, new Map([[version, text]]));
    });
  }

  order(rolloutId: string, order: RolloutOrder): Promise<Rollout> {
    return this.#inTurn(async () =>
      this.#save(ordered(this.#book.known(rolloutId), order, this.#nowMs)),
    );
  }

  rollBack(rolloutId: string, newId: string, actor: string): Promise<Rollout> {
    return this.#inTurn(async () => {
      const made = this.#book.find(newId);
      if (made !== undefined) return made;
      const rollout = this.#book.known(rolloutId);
      const { places, texts, ...plan } = planTakeBack(
        rollout,
        this.#nextVersion(),
        (version) => this.#texts.get(version)?.text,
      );
      const gatewayIds = places.map(({ gatewayId }) => gatewayId);
      this.#book.refuseOverlap(gatewayIds, rolloutId);
      if (isOpen(rollout)) await this.#save(cancel(rollout, this.#nowMs));
      const targets = await this.#targets(places);
      const back = { ...plan, rolloutId: newId, title: rollout.title, targets, createdBy: actor };
      return this.#add({ ...back, rollbackOf: rolloutId }, texts);
    });
  }

  reports(): readonly GatewayConfiguration[] {
    return [...this.#reports].map(([gatewayId, report]) => ({ gatewayId, ...report }));
  }

  hear(gatewayId: string, report: ConfigurationReport): void {
    this.#reports.set(gatewayId, report);
    void this.#inTurn(() => this.#hear(gatewayId, report)).catch((err: unknown) =>
      this.#fault(err),
    );
  }

  tick(): Promise<void> {
    return this.#inTurn(() => this.#tick()).catch((err: unknown) => this.#fault(err));
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#work;
  }

  get #nowMs(): number {
    return this.#options.clock.nowMs();
  }

  async #tick(): Promise<void> {
    for (const rollout of this.#book.open()) {
      const next = await this.#save(nextStep(rollout, this.#options.facts, this.#nowMs));
      if (isOpen(next)) for (const target of next.targets.filter(isUnderWay)) this.#speak(target);
    }
  }

  #speak(target: RolloutTarget): void {
    const { gatewayId, version } = target;
    this.#speaker.speak(target, this.#texts.get(version), this.#reports.get(gatewayId));
  }

  async #hear(gatewayId: string, report: ConfigurationReport): Promise<void> {
    for (const part of this.#book.partsOf(gatewayId, report.newest?.version)) {
      const { rollout, at, target } = part;
      const document = this.#texts.get(target.version);
      if (document === undefined) continue;
      const next = heard(target, report, { hash: document.hash, nowMs: this.#nowMs });
      if (next === target) continue;
      const { state, reason } = next;
      this.#options.log.info(
        { gatewayId, version: target.version, state, reason },
        "configuration",
      );
      await this.#save({ ...rollout, targets: rollout.targets.with(at, next) });
    }
    for (const { rollout, target } of this.#book.partsOf(gatewayId))
      if (isOpen(rollout)) this.#speak(target);
  }

  /** Nobody has been sent anything yet. */
  async #targets(
    places: readonly Pick<RolloutTarget, "gatewayId" | "wave" | "version">[],
  ): Promise<readonly RolloutTarget[]> {
    const ids = places.map(({ gatewayId }) => gatewayId);
    const confirmed = await confirmedVersions(this.#options.db, ids);
    return places.map((place) => ({
      ...place,
      previousVersion: confirmed.get(place.gatewayId) ?? 0,
      state: "waiting",
      reason: "",
      problems: [],
      lostBefore: null,
      updatedAtMs: this.#nowMs,
    }));
  }

  /** Above everything that any gateway has ever named, so that a hub restored from an older copy is not ignored. */
  #nextVersion(): number {
    const seen = [...this.#reports.values()].map(({ newest }) => newest?.version ?? 0);
    return [...this.#texts.keys(), ...seen].reduce((a, b) => Math.max(a, b), 0) + 1;
  }

  async #add(
    given: Omit<Rollout, "state" | "reason" | "wave" | "settledAtMs" | "createdAtMs">,
    texts: ReadonlyMap<number, string>,
  ): Promise<Rollout> {
    const nowMs = this.#nowMs;
    const begun = { state: "running", reason: "", wave: 0, settledAtMs: null } as const;
    const rollout: Rollout = { ...given, ...begun, createdAtMs: nowMs };
    const rows = [...texts].map(([version, text]) => {
      const created_at = new Date(nowMs).toISOString();
      return { version, hash: configurationHash(text), text, created_at };
    });
    await this.#options.db.transaction(async (tx) => {
      await tx.tables<RolloutTables>().insertInto("configurations").values(rows).execute();
      await saveRollout(tx, rollout, undefined);
    });
    for (const { version, hash, text } of rows) this.#texts.set(version, { version, hash, text });
    this.#book.put(rollout);
    return rollout;
  }

  async #save(rollout: Rollout): Promise<Rollout> {
    const before = this.#book.known(rollout.rolloutId);
    if (rollout === before) return before;
    await this.#options.db.transaction((tx) => saveRollout(tx, rollout, before));
    this.#book.put(rollout);
    if (rollout.state !== before.state)
      this.#options.log.info(
        { rolloutId: rollout.rolloutId, state: rollout.state, reason: rollout.reason },
        "roll-out changed",
      );
    return rollout;
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#work.then(work, work);
    this.#work = turn.catch(() => undefined);
    return turn;
  }

  #fault(err: unknown): void {
    this.#options.log.error({ err }, "roll-out could not go on");
  }
}
