import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Database } from "@firebreak/kit/database.ts";
import type { ConfigProblem } from "@firebreak/kit/load-config.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { ConfigurationName, ConfigurationReport } from "@firebreak/wire/configuration.ts";
import { maxConfigurationText } from "@firebreak/wire/configuration.ts";
import { configurationHash } from "@firebreak/wire/configuration-codec.ts";
import {
  cancel,
  defaultCanaries,
  heard,
  nextStep,
  planWaves,
  type Rollout,
  type RolloutSettings,
  type RolloutTarget,
} from "./rollout.ts";
import {
  loadRollouts,
  migrateRollouts,
  type RolloutTables,
  saveRollout,
} from "./rollout-tables.ts";
import { Speaker, type SpeakerOptions } from "./speaker.ts";

/** A gateway as the hub has it enrolled, with the plans that its machines have. */
export interface FleetGateway {
  readonly gatewayId: string;
  readonly machines: readonly { readonly machineId: string; readonly plan: string | null }[];
}

export interface RolloutDeskOptions extends SpeakerOptions {
  readonly db: Database;
  readonly log: Logger;
  readonly fleet: () => Promise<readonly FleetGateway[]>;
  /** Mistakes that a text has whatever gateway it is for. */
  readonly check: (text: string) => Promise<readonly ConfigProblem[]>;
  readonly tickMs?: number;
}

export interface NewRollout {
  /** Chosen by who asks: the same again makes nothing new. */
  readonly rolloutId: string;
  readonly title: string;
  readonly text: string;
  /** Who is meant: these gateways, or all that have a machine with this plan; neither: all. */
  readonly gateways?: readonly string[] | undefined;
  readonly plan?: string | undefined;
  readonly settings?: Partial<RolloutSettings> | undefined;
}

/** What a gateway said last of its configuration. */
export interface GatewayConfiguration extends ConfigurationReport {
  readonly gatewayId: string;
}

export interface RolloutDesk {
  /** Newest first, at most 200. */
  list(): readonly Rollout[];
  /** @throws CodedError ROLLOUT_UNKNOWN */
  get(rolloutId: string): Promise<Rollout & { readonly text: string }>;
  check(text: string): Promise<readonly ConfigProblem[]>;
  /** @throws CodedError BAD_CONFIGURATION, ROLLOUT_NOBODY, ROLLOUT_OVERLAP */
  create(order: NewRollout, actor: string): Promise<Rollout>;
  /** @throws CodedError ROLLOUT_UNKNOWN, ROLLOUT_STATE */
  order(rolloutId: string, order: "pause" | "resume" | "cancel"): Promise<Rollout>;
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
const nothing = "version: 1\n";
const defaults = { soakMs: 1_800_000, wavePercent: 20, maxFailures: 0 };
const isOpen = ({ state }: Rollout): boolean => state === "running" || state === "paused";
const isUnderWay = ({ state }: RolloutTarget): boolean => state === "sent" || state === "trying";

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
  #rollouts: readonly Rollout[];
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
    this.#rollouts = rollouts;
    for (const { version, hash, text } of rows)
      this.#texts.set(Number(version), { version: Number(version), hash, text });
    this.#timer = setInterval(() => void this.tick(), options.tickMs ?? 1_000);
  }

  list(): readonly Rollout[] {
    return this.#rollouts;
  }

  async get(rolloutId: string): Promise<Rollout & { readonly text: string }> {
    const rollout = this.#known(rolloutId);
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
      const known = this.#rollouts.find(({ rolloutId }) => rolloutId === order.rolloutId);
      if (known !== undefined) return known;
      const problems = await this.check(order.text);
      if (problems.length > 0) throw badText(problems);
      const gatewayIds = await this.#chosen(order);
      const settings = {
        ...defaults,
        canaryCount: defaultCanaries(gatewayIds.length),
        ...order.settings,
      };
      const version = this.#nextVersion();
      const waves = planWaves(gatewayIds, settings);
      const targets = gatewayIds.map((gatewayId, at) =>
        this.#target(gatewayId, { wave: waves[at] ?? 0, version }),
      );
      const { rolloutId, title, text } = order;
      const made = { rolloutId, version, title, settings, targets, createdBy: actor };
      return this.#add({ ...made, rollbackOf: null }, new Map([[version, text]]));
    });
  }

  order(rolloutId: string, order: "pause" | "resume" | "cancel"): Promise<Rollout> {
    return this.#inTurn(async () => {
      const rollout = this.#known(rolloutId);
      const { state } = rollout;
      const isAllowed =
        order === "pause"
          ? state === "running"
          : order === "resume"
            ? state === "paused"
            : isOpen(rollout) || state === "stopped";
      if (!isAllowed)
        throw new CodedError("ROLLOUT_STATE", `a roll-out that is ${state} takes no ${order}`);
      if (order === "cancel") return this.#save(cancel(rollout, this.#nowMs));
      return this.#save({ ...rollout, state: order === "pause" ? "paused" : "running" });
    });
  }

  rollBack(rolloutId: string, newId: string, actor: string): Promise<Rollout> {
    return this.#inTurn(async () => {
      const made = this.#rollouts.find((one) => one.rolloutId === newId);
      if (made !== undefined) return made;
      const rollout = this.#known(rolloutId);
      const reached = rollout.targets.filter(
        (target) => target.state === "confirmed" || isUnderWay(target),
      );
      if (reached.length === 0) throw nobody("it has reached no gateway");
      if (isOpen(rollout)) await this.#save(cancel(rollout, this.#nowMs));
      const texts = new Map<number, string>();
      const versions = new Map<number, number>();
      let version = this.#nextVersion() - 1;
      for (const { previousVersion } of reached) {
        if (versions.has(previousVersion)) continue;
        version += 1;
        versions.set(previousVersion, version);
        texts.set(version, this.#texts.get(previousVersion)?.text ?? nothing);
      }
      const targets = reached.map(({ gatewayId, previousVersion }) =>
        this.#target(gatewayId, { wave: 0, version: versions.get(previousVersion) ?? version }),
      );
      const settings = {
        canaryCount: targets.length,
        soakMs: 0,
        wavePercent: 100,
        maxFailures: targets.length,
      };
      const { title } = rollout;
      const back = { rolloutId: newId, version, title, settings, targets, createdBy: actor };
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
    for (const rollout of this.#rollouts.filter(isOpen)) {
      const { factsOf } = this.#options;
      const next = nextStep(rollout, factsOf, this.#nowMs);
      const saved = await this.#save(next);
      if (isOpen(saved)) for (const target of saved.targets) this.#speak(target);
    }
  }

  #speak(target: RolloutTarget): void {
    const { gatewayId, version } = target;
    this.#speaker.speak(target, this.#texts.get(version), this.#reports.get(gatewayId));
  }

  async #hear(gatewayId: string, report: ConfigurationReport): Promise<void> {
    for (const rollout of this.#rollouts) {
      const target = rollout.targets.find((one) => one.gatewayId === gatewayId);
      const document = target && this.#texts.get(target.version);
      if (target === undefined || document === undefined) continue;
      const next = heard(target, report, { hash: document.hash, nowMs: this.#nowMs });
      if (next === target) continue;
      const { state, reason } = next;
      this.#options.log.info(
        { gatewayId, version: target.version, state, reason },
        "configuration",
      );
      const targets = rollout.targets.map((one) => (one === target ? next : one));
      await this.#save({ ...rollout, targets });
    }
    const trial = this.#rollouts.filter(isOpen).flatMap(({ targets }) => targets);
    for (const target of trial) if (target.gatewayId === gatewayId) this.#speak(target);
  }

  async #chosen({ gateways, plan }: NewRollout): Promise<string[]> {
    const fleet = await this.#options.fleet();
    const unknown = gateways?.find((id) => !fleet.some(({ gatewayId }) => gatewayId === id));
    if (unknown !== undefined) throw nobody(`there is no gateway ${unknown}`);
    const chosen = fleet.filter(
      ({ gatewayId, machines }) =>
        (gateways === undefined || gateways.includes(gatewayId)) &&
        (plan === undefined || machines.some((machine) => machine.plan === plan)),
    );
    if (chosen.length === 0) throw nobody("no gateway is meant");
    const { factsOf } = this.#options;
    const ids = chosen.map(({ gatewayId }) => gatewayId);
    this.#refuseOverlap(ids);
    // A canary that is switched off would hold up all the others.
    const isAway = (id: string) => (factsOf(id).isOnline ? 0 : 1);
    return ids.toSorted((a, b) => isAway(a) - isAway(b) || (a < b ? -1 : 1));
  }

  #refuseOverlap(ids: readonly string[]): void {
    for (const { title, targets } of this.#rollouts.filter(isOpen)) {
      const taken = targets.find(({ gatewayId }) => ids.includes(gatewayId));
      if (taken !== undefined)
        throw new CodedError(
          "ROLLOUT_OVERLAP",
          `${taken.gatewayId} is in "${title}", which is not over yet`,
        );
    }
  }

  #target(gatewayId: string, place: { wave: number; version: number }): RolloutTarget {
    const confirmed = this.#rollouts
      .flatMap(({ targets }) => targets)
      .filter((one) => one.gatewayId === gatewayId && one.state === "confirmed")
      .map(({ version }) => version);
    return {
      gatewayId,
      ...place,
      previousVersion: Math.max(0, ...confirmed),
      state: "waiting",
      reason: "",
      problems: [],
      lostBefore: null,
      updatedAtMs: this.#nowMs,
    };
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
    this.#rollouts = [rollout, ...this.#rollouts];
    return rollout;
  }

  async #save(rollout: Rollout): Promise<Rollout> {
    const before = this.#known(rollout.rolloutId);
    if (JSON.stringify(before) === JSON.stringify(rollout)) return before;
    await this.#options.db.transaction((tx) => saveRollout(tx, rollout, before));
    this.#rollouts = this.#rollouts.map((one) => (one === before ? rollout : one));
    if (rollout.state !== before.state)
      this.#options.log.info(
        { rolloutId: rollout.rolloutId, state: rollout.state, reason: rollout.reason },
        "roll-out changed",
      );
    return rollout;
  }

  #known(rolloutId: string): Rollout {
    const found = this.#rollouts.find((one) => one.rolloutId === rolloutId);
    if (found === undefined) throw new CodedError("ROLLOUT_UNKNOWN", "there is no such roll-out");
    return found;
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

const nobody = (message: string) => new CodedError("ROLLOUT_NOBODY", message);

const badText = (problems: readonly ConfigProblem[]) =>
  new CodedError(
    "BAD_CONFIGURATION",
    problems
      .map(({ line, column, path, message }) => `${line}:${column}: ${path}: ${message}`)
      .join("\n"),
  );
