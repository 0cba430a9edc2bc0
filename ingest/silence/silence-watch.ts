import type { Clock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import { sourceIdOf } from "../aemp/machine-samples.ts";
import type { Audit, Refusal } from "../broker/audit.ts";
import type { IntakeQueries } from "../delivery/intake-queries.ts";
import { type GatewayHealth, gatewayHealth } from "../health/gateway-health.ts";
import type { HealthReader } from "../health/health-book.ts";
import type { LiveView } from "../live/live-view.ts";
import { earlierEnds } from "./earlier-ends.ts";
import { openHubPresence } from "./hub-presence.ts";
import { judgeSilence } from "./judge-silence.ts";
import { type SilenceNotice, SilenceNotices } from "./notices.ts";
import {
  isHubsFault,
  type MachineEvidence,
  type MachineSilence,
  type MoreEvidence,
  type SilenceCause,
  silenceCauses,
} from "./silence.ts";
import { isUsuallySilent, type WeekPattern } from "./usual-silence.ts";

export interface SilenceWatchOptions {
  readonly live: Pick<LiveView, "machines">;
  readonly health: Pick<HealthReader, "of" | "changes">;
  readonly audit: Pick<Audit, "list">;
  readonly intake: Pick<IntakeQueries, "weekPattern">;
  /** Where machines work, by machine. */
  readonly siteOf: (machineId: string) => string | null;
  /** Whether the hub is connected to its broker now. */
  readonly hears: () => boolean;
  /** Of the file that remembers when the hub was there. */
  readonly path: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Which machines are silent, why, and what is told of it. */
export interface SilenceWatch {
  of(machineId: string): MachineSilence | undefined;
  list(): readonly MachineSilence[];
  /** Silent machines by cause; a cause of none is 0. */
  counts(): Readonly<Record<SilenceCause, number>>;
  /** Newest first. */
  notices(): readonly SilenceNotice[];
  /** Machines that were heard before the hub's last absence and may still be on their way back. */
  readonly reconnecting: number;
  /** Looks now; done by itself every ten seconds. */
  look(): void;
  close(): void;
}

const lookEveryMs = 10_000;
const earlierMs = 30 * 24 * 3_600_000;
/** Evidence that takes reading is read for so long per look; machines that are left wait for the next. */
const readMsPerLook = 100;

/** Refusals that say something of who was refused; the first are of whoever named himself so. */
const refusalsThatTell: ReadonlySet<Refusal> = new Set([
  "bad-credentials",
  "client-id",
  "revoked",
  "certificate-expired",
  "certificate-not-yet-valid",
  "certificate-other-authority",
  "certificate-unknown",
  "certificate-damaged",
]);

/** Starts to watch. */
export function watchSilence(options: SilenceWatchOptions): SilenceWatch {
  const { live, audit, health, siteOf, hears, clock, log } = options;
  const presence = openHubPresence(options);
  const notices = new SilenceNotices();
  const more = createEvidence(options);
  let silent = new Map<string, MachineSilence>();
  let reconnecting = 0;

  /** Servers of other makers tell when they please: their machines are never silent. */
  const gatewayMachines = () =>
    live.machines().filter(({ gatewayId }) => sourceIdOf(gatewayId) === undefined);
  const evidenceOf = (refused: ReadonlyMap<string, MachineEvidence["refusal"]>) =>
    gatewayMachines().map(({ machineId, gatewayId, isOnline, staleSince, lastContact }) => {
      const known = gatewayId === null ? undefined : health.of(gatewayId);
      const lastContactMs = lastContact === null ? 0 : Date.parse(lastContact);
      const { end = null } = known ?? {};
      const staleMs = staleSince === null ? null : Date.parse(staleSince);
      const session = {
        isOnline: isOnline || known?.isOnline === true,
        endedMs: end?.atMs ?? staleMs ?? endedUnheard(lastContactMs),
        saidGoodbye: end?.saidGoodbye ?? null,
      };
      const refusal = refused.get(gatewayId ?? "") ?? null;
      return { machineId, siteId: siteOf(machineId), gatewayId, lastContactMs, session, refusal };
    });
  /** A session of before the hub's absence that did not come back: it ended in it. */
  const endedUnheard = (lastContactMs: number): number | null => {
    const last = presence.absences.at(-1);
    return last !== undefined && lastContactMs > 0 && lastContactMs < last.toMs
      ? last.fromMs
      : null;
  };

  const look = () => {
    presence.beat(hears());
    const nowMs = clock.nowMs();
    const hub = { nowMs, absences: presence.absences, isAway: presence.isAway };
    const machines = evidenceOf(refusals(audit));
    more.begin(nowMs);
    const found = judgeSilence(machines, hub, more);
    silent = new Map(
      found.filter(({ machineId }) => !more.waits(machineId)).map((one) => [one.machineId, one]),
    );
    more.keepOnly(new Set(found.map(({ machineId }) => machineId)));
    reconnecting = machines.filter(
      ({ session, lastContactMs: at }) => !session.isOnline && at > 0 && isHubsFault(at, hub),
    ).length;
    for (const { cause, siteId, gatewayId, machines: count, detail } of notices.update(
      [...silent.values()],
      nowMs,
    ))
      log.warn({ code: `silent-${cause}`, siteId, gatewayId, machines: count, detail }, "silence");
  };
  const tryLook = () => {
    try {
      look();
    } catch (error) {
      log.error({ err: error }, "silent machines were not looked for, trying again");
    }
  };
  tryLook();
  const timer = setInterval(tryLook, lookEveryMs);
  timer.unref();

  return {
    of: (machineId) => silent.get(machineId),
    list: () => [...silent.values()],
    counts() {
      const none = Object.fromEntries(silenceCauses.map((cause) => [cause, 0]));
      const counts = none as Record<SilenceCause, number>;
      for (const { cause } of silent.values()) counts[cause]++;
      return counts;
    },
    notices: () => notices.list(clock.nowMs()),
    get reconnecting() {
      return reconnecting;
    },
    look,
    close: () => clearInterval(timer),
  };
}

/** The newest refusal of each name. */
function refusals({ list }: Pick<Audit, "list">): Map<string, MachineEvidence["refusal"]> {
  const newest = new Map<string, MachineEvidence["refusal"]>();
  for (const { what, who, lastAt } of list())
    if (refusalsThatTell.has(what) && !newest.has(who))
      newest.set(who, { what, atMs: Date.parse(lastAt) });
  return newest;
}

/** Reads each piece of evidence once per silence, and not too much at a time. */
function createEvidence({ health, intake, clock }: SilenceWatchOptions) {
  const patterns = new Map<string, WeekPattern>();
  const earlier = new Map<string, { readonly link: number; readonly off: number }>();
  const told = new Map<string, { readonly reportedMs: number; readonly health: GatewayHealth }>();
  const waiting = new Set<string>();
  let nowMs = 0;
  let spentMs = 0;
  const once = <Value>(
    kept: Map<string, Value>,
    machineId: string,
    { read, none }: { readonly read: () => Value; readonly none: Value },
  ): Value => {
    const known = kept.get(machineId);
    if (known !== undefined) return known;
    if (spentMs >= readMsPerLook) {
      waiting.add(machineId);
      return none;
    }
    const begunMs = clock.monotonicMs();
    const value = read();
    spentMs += clock.monotonicMs() - begunMs;
    kept.set(machineId, value);
    return value;
  };
  const evidence: MoreEvidence = {
    health({ machineId, gatewayId }) {
      const known = gatewayId === null ? undefined : health.of(gatewayId);
      if (known === undefined) return null;
      const { reportedMs } = known;
      const before = told.get(machineId);
      if (before?.reportedMs === reportedMs) return before.health;
      const judged = gatewayHealth(known);
      told.set(machineId, { reportedMs, health: judged });
      return judged;
    },
    earlier: ({ machineId, gatewayId }) =>
      once(earlier, machineId, {
        read() {
          const time = { fromMs: nowMs - earlierMs, toMs: nowMs };
          return earlierEnds(health.changes(gatewayId ?? "", time.fromMs, time.toMs), time);
        },
        none: { link: 0, off: 0 },
      }),
    isUsual: ({ machineId, lastContactMs }) =>
      isUsuallySilent(
        once(patterns, machineId, {
          read: () => intake.weekPattern(machineId, nowMs),
          none: { weeks: 0, active: new Map() },
        }),
        lastContactMs,
        nowMs,
      ),
  };
  return {
    ...evidence,
    begin(atMs: number) {
      nowMs = atMs;
      spentMs = 0;
      waiting.clear();
    },
    /** What is known of this machine is not all that is to be known. */
    waits: (machineId: string) => waiting.has(machineId),
    /** Forgets what was read of machines that speak again. */
    keepOnly(silent: ReadonlySet<string>) {
      for (const kept of [patterns, earlier, told])
        for (const machineId of kept.keys()) if (!silent.has(machineId)) kept.delete(machineId);
    },
  };
}
