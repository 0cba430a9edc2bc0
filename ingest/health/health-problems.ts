import type { BusHealth, GatewayHealth } from "./gateway-health.ts";

export const healthProblemCodes = [
  "bus-down",
  "bus-gone",
  "bus-off",
  "bus-passive",
  "bus-wrong-rate",
  "bus-silent",
  "buses-silent",
  "frames-lost",
  "device-silent",
  "storage-failing",
  "storage-full",
  "storage-thinning",
  "storage-short",
  "catching-up",
  "time-unknown",
  "time-suspect",
  "time-unconfirmed",
  "hub-clock",
  "certificate-over",
  "certificate-ends",
  "certificate-renewal",
  "data-warning",
  "data-exceeded",
] as const;
export type HealthProblemCode = (typeof healthProblemCodes)[number];

/** `fault`: data are missing or at risk until somebody acts; `warning`: look at it; `note`: good to know. */
export interface HealthProblem {
  readonly code: HealthProblemCode;
  readonly severity: "fault" | "warning" | "note";
  /** ISO 8601; null where it has no beginning. */
  readonly since: string | null;
  /** Null: it is about the gateway, and so about all its machines. */
  readonly machineId: string | null;
  /** What fills the text of it. */
  readonly facts: Readonly<Record<string, string | number>>;
}

const lossToldMs = 3_600_000;
const shortHours = 8;
const certificateMs = 14 * 24 * 3_600_000;
const farSeconds = 60;

/** All that is wrong, the worst first. Pure. */
export function healthProblems(health: GatewayHealth, nowMs: number): HealthProblem[] {
  const { buses, devices } = health;
  const found = [
    ...buses.flatMap((bus) => busProblems(bus, buses, nowMs)),
    ...devices.flatMap(({ device, machineId, state, since }) =>
      state === "silent"
        ? [problem("device-silent", "warning", { since, machineId, facts: { device } })]
        : [],
    ),
    ...storageProblems(health),
    ...clockProblems(health),
    ...certificateProblems(health, nowMs),
    ...health.data.flatMap(({ machineId, state, forecastMegabytes, budgetMegabytes }) =>
      state === "warning" || state === "exceeded"
        ? [
            problem(`data-${state}`, "warning", {
              machineId,
              facts: { forecast: forecastMegabytes ?? 0, budget: budgetMegabytes ?? 0 },
            }),
          ]
        : [],
    ),
  ];
  const ranks = { fault: 0, warning: 1, note: 2 };
  return found.sort((a, b) => ranks[a.severity] - ranks[b.severity]);
}

/** Whether somebody has to do something about the gateway of a machine. */
export const isDegraded = (problems: readonly HealthProblem[]): boolean =>
  problems.some(({ severity }) => severity !== "note");

const problem = (
  code: HealthProblemCode,
  severity: HealthProblem["severity"],
  about: Partial<Pick<HealthProblem, "since" | "machineId" | "facts">> = {},
): HealthProblem => ({ code, severity, since: null, machineId: null, facts: {}, ...about });

const codeOfState: Readonly<Record<string, HealthProblemCode>> = {
  down: "bus-down",
  gone: "bus-gone",
  "bus-off": "bus-off",
  "error-passive": "bus-passive",
  "wrong-bit-rate": "bus-wrong-rate",
};

function busProblems(
  { bus, source, machineId, state, since, lostAt, lostFrames }: BusHealth,
  buses: readonly BusHealth[],
  nowMs: number,
): HealthProblem[] {
  const others = buses.filter((other) => other.machineId === machineId);
  const facts = { bus, source, place: others.findIndex((one) => one.bus === bus) + 1 };
  const about = { since, machineId, facts };
  const code = codeOfState[state];
  const found: HealthProblem[] = [];
  if (code !== undefined) found.push(problem(code, "fault", about));
  if (state === "silent") {
    // A machine that is switched off is silent on all its buses, and nothing is wrong with it.
    const isOnlyOne = others.some((other) => other.state === "ok");
    found.push(
      problem(isOnlyOne ? "bus-silent" : "buses-silent", isOnlyOne ? "warning" : "note", about),
    );
  }
  if (lostAt !== null && nowMs - Date.parse(lostAt) < lossToldMs)
    found.push(
      problem("frames-lost", "warning", {
        ...about,
        since: lostAt,
        facts: { ...facts, frames: lostFrames ?? 0 },
      }),
    );
  return found;
}

function storageProblems({ spool }: GatewayHealth): HealthProblem[] {
  if (spool === null) return [];
  const { mode, since, code, isFull, thinningSince, hoursLeft, hoursToCatchUp } = spool;
  const found: HealthProblem[] = [];
  if (mode === "memory") {
    const facts = { code, minutes: Math.floor(spool.memoryMinutesLeft ?? 0) };
    found.push(problem("storage-failing", "fault", { since, facts }));
  }
  if (isFull) found.push(problem("storage-full", "fault"));
  else if (thinningSince !== null)
    found.push(problem("storage-thinning", "warning", { since: thinningSince }));
  else if (hoursLeft !== null && hoursLeft < shortHours)
    found.push(problem("storage-short", "warning", { facts: { hours: Math.floor(hoursLeft) } }));
  if (spool.catchingUpSince !== null) {
    const facts = { hours: hoursToCatchUp ?? 0 };
    found.push(problem("catching-up", "note", { since: spool.catchingUpSince, facts }));
  }
  return found;
}

function clockProblems({ clock }: GatewayHealth): HealthProblem[] {
  if (clock === null) return [];
  const { trust, since, hubDifferenceSeconds: seconds, heldSamples } = clock;
  const about = { since, facts: { seconds: seconds ?? 0, samples: heldSamples ?? 0 } };
  if (trust === "unknown") return [problem("time-unknown", "fault", about)];
  if (trust === "suspect") return [problem("time-suspect", "fault", about)];
  if (trust === "unconfirmed") return [problem("time-unconfirmed", "note", about)];
  // Somebody vouches for the gateway's clock: then it is the hub's that is to be looked at.
  if (Math.abs(seconds ?? 0) > farSeconds) return [problem("hub-clock", "warning", about)];
  return [];
}

function certificateProblems({ certificate }: GatewayHealth, nowMs: number): HealthProblem[] {
  if (certificate?.endsAt == null) return [];
  const { endsAt, renewal, problem: detail } = certificate;
  const leftMs = Date.parse(endsAt) - nowMs;
  const days = Math.floor(leftMs / (24 * 3_600_000));
  const facts = { days, detail };
  if (leftMs < 0) return [problem("certificate-over", "fault", { since: endsAt, facts })];
  if (leftMs < certificateMs) return [problem("certificate-ends", "warning", { facts })];
  return renewal === "failing" ? [problem("certificate-renewal", "warning", { facts })] : [];
}
