import { describe, expect, test } from "vitest";
import type { GatewayHealth } from "../health/gateway-health.ts";
import { earlierEnds } from "./earlier-ends.ts";
import { judgeSilence } from "./judge-silence.ts";
import type { HubEvidence, MachineEvidence, MoreEvidence } from "./silence.ts";
import { isUsuallySilent } from "./usual-silence.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const now = Date.parse("2026-06-10T10:00:00Z");
const ago = (minutes: number) => now - minutes * minuteMs;
const iso = (ms: number) => new Date(ms).toISOString();

const hub: HubEvidence = { nowMs: now, absences: [], isAway: false };
const online = { isOnline: true, endedMs: null, saidGoodbye: null };
const gone = (minutes: number, saidGoodbye: boolean | null = false) => ({
  isOnline: false,
  endedMs: ago(minutes),
  saidGoodbye,
});
const machine = (about: Partial<MachineEvidence> = {}): MachineEvidence => ({
  machineId: "M-1",
  siteId: "S-1",
  gatewayId: "G-1",
  lastContactMs: ago(20),
  session: gone(20),
  refusal: null,
  ...about,
});
type Health = ReturnType<MoreEvidence["health"]> & {};
const bus = (state: string, name = "can0"): GatewayHealth["buses"][number] => ({
  machineId: "M-1",
  source: name,
  bus: name,
  state,
  since: iso(ago(30)),
  bitRate: 250_000,
  loadPercent: 0,
  framesPerSecond: 0,
  errorFrames: 0,
  lostFrames: 0,
  lostAt: null,
});
const spool = (about: Partial<NonNullable<Health["spool"]>>): NonNullable<Health["spool"]> => ({
  mode: "disk",
  since: iso(ago(90)),
  code: "",
  isFull: false,
  thinningSince: null,
  catchingUpSince: null,
  megabytes: 1,
  maxMegabytes: 100,
  pendingMegabytes: 0,
  hoursLeft: 100,
  hoursToCatchUp: null,
  memoryMinutesLeft: null,
  ...about,
});
const clock = (trust: string): Health["clock"] => ({
  trust,
  since: iso(ago(90)),
  hubDifferenceSeconds: 0,
  heldSamples: 900,
  steps: 0,
  lastStepSeconds: null,
  lastStepAt: null,
});
const health = (about: Partial<Health> = {}): Health => ({
  buses: [bus("ok")],
  devices: [],
  spool: spool({}),
  clock: clock("ntp"),
  certificate: null,
  ...about,
});
const more = (
  about: Partial<{ [Key in keyof MoreEvidence]: ReturnType<MoreEvidence[Key]> }> = {},
) => ({
  health: () => about.health ?? null,
  earlier: () => about.earlier ?? { link: 0, off: 0 },
  isUsual: () => about.isUsual ?? false,
});
const judge = (one: MachineEvidence, evidence = more(), about: Partial<HubEvidence> = {}) =>
  judgeSilence([one], { ...hub, ...about }, evidence)[0];

describe("the cause of a machine's silence", () => {
  const cases: [string, MachineEvidence, Parameters<typeof more>[0], object][] = [
    [
      "it said goodbye",
      machine({ session: gone(20, true) }),
      {},
      { cause: "switched-off", isCertain: true },
    ],
    [
      "its buses fell silent, then its supply was cut",
      machine(),
      { health: health({ buses: [bus("silent"), bus("silent", "can1")] }) },
      { cause: "switched-off", isCertain: false, detail: "buses-silent" },
    ],
    [
      "its gateway is there and all its buses are silent",
      machine({ session: online }),
      { health: health({ buses: [bus("silent")] }) },
      { cause: "switched-off", detail: "buses-silent" },
    ],
    [
      "lost while it ran, as before when its power was cut",
      machine(),
      { health: health(), earlier: { link: 1, off: 3 } },
      { cause: "power-cut", isCertain: false, detail: "earlier" },
    ],
    [
      "lost while it ran, as before when it had no coverage",
      machine(),
      { health: health(), earlier: { link: 3, off: 1 } },
      { cause: "no-coverage", isCertain: false, detail: "earlier" },
    ],
    [
      "lost while it ran, and never before",
      machine(),
      { health: health() },
      { cause: "lost-contact", isCertain: false },
    ],
    [
      "its certificate was revoked",
      machine({ refusal: { what: "revoked", atMs: ago(1) } }),
      {},
      { cause: "credentials", isCertain: true, detail: "revoked" },
    ],
    [
      "its certificate ran out at a broker that tells nothing",
      machine(),
      {
        health: health({ certificate: { endsAt: iso(ago(21)), renewal: "failing", problem: "" } }),
      },
      { cause: "credentials", isCertain: false, detail: "certificate-expired" },
    ],
    [
      "its bus is down and its gateway alive",
      machine({ session: online }),
      { health: health({ buses: [bus("bus-off")] }) },
      { cause: "bus-dead", isCertain: true, detail: "can0: bus-off" },
    ],
    [
      "one of two buses fell silent",
      machine({ session: online }),
      { health: health({ buses: [bus("ok"), bus("silent", "can1")] }) },
      { cause: "bus-dead", detail: "can1: silent" },
    ],
    [
      "its clock is not known, so its samples wait",
      machine({ session: online }),
      { health: health({ clock: clock("unknown") }) },
      { cause: "clock", detail: "unknown" },
    ],
    [
      "its spool is thinning",
      machine({ session: online }),
      { health: health({ spool: spool({ thinningSince: iso(ago(30)) }) }) },
      { cause: "gateway-backlog", detail: "thinning" },
    ],
    [
      "its disk takes nothing",
      machine({ session: online }),
      { health: health({ spool: spool({ mode: "memory", code: "EROFS" }) }) },
      { cause: "gateway-backlog", detail: "memory" },
    ],
    [
      "all is well, as its gateway says",
      machine({ session: online }),
      { health: health() },
      { cause: "unexplained" },
    ],
    [
      "a gateway that tells nothing of itself",
      machine({ session: online }),
      {},
      { cause: "unexplained" },
    ],
  ];
  test.each(cases)("%s", (_, one, evidence, expected) => {
    expect(judge(one, more(evidence))).toMatchObject({
      status: "stale",
      isUsual: false,
      ...expected,
    });
  });

  test("a refusal from before its last contact is none of its reasons", () => {
    const refusal = { what: "bad-credentials", atMs: ago(60) };
    expect(judge(machine({ refusal }))).toMatchObject({ cause: "lost-contact" });
  });

  test("stale after 15 minutes, offline after 24 hours, and nothing of one that never spoke", () => {
    expect(judge(machine({ lastContactMs: ago(14) }))).toBeUndefined();
    expect(judge(machine({ lastContactMs: ago(15) }))?.status).toBe("stale");
    expect(judge(machine({ lastContactMs: ago(24 * 60) }))?.status).toBe("offline");
    expect(judge(machine({ lastContactMs: 0 }))).toBeUndefined();
  });
});

describe("the hub's own absence", () => {
  const away = { absences: [{ fromMs: ago(125), toMs: ago(5) }] };

  test("is the cause while it lasts, and for ten minutes behind it", () => {
    const before = machine({ lastContactMs: ago(126) });
    expect(judge(before, more(), { isAway: true })?.cause).toBe("hub-away");
    expect(judge(before, more(), away)?.cause).toBe("hub-away");
  });

  test("does not count as silence: who was heard just before has his 15 minutes behind it", () => {
    const before = machine({ lastContactMs: ago(134) });
    const absences = [{ fromMs: ago(133), toMs: ago(13) }];
    expect(judge(before, more(), { absences })).toBeUndefined();
    expect(judge(before, more(), { absences, nowMs: now + 2 * minuteMs })?.cause).toBe(
      "lost-contact",
    );
  });

  test("is no excuse for who fell silent behind it", () => {
    const absences = [{ fromMs: ago(60), toMs: ago(40) }];
    expect(judge(machine(), more(), { absences })?.cause).toBe("lost-contact");
  });
});

describe("machines that were lost together", () => {
  const fleet = (count: number, about: (at: number) => Partial<MachineEvidence>) =>
    Array.from({ length: count }, (_, at) =>
      machine({ machineId: `M-${at}`, gatewayId: `G-${at}`, ...about(at) }),
    );
  const causes = (machines: MachineEvidence[]) =>
    judgeSilence(machines, hub, more()).map(({ cause }) => cause);

  test("most of one site at once: no coverage there", () => {
    const site = fleet(10, (at) => ({ session: gone(20 + at / 2) }));
    const elsewhere = fleet(40, (at) => ({
      machineId: `N-${at}`,
      siteId: "S-2",
      session: online,
      lastContactMs: ago(0),
    }));
    expect(causes([...site, ...elsewhere])).toEqual(Array(10).fill("no-coverage"));
  });

  test("a few of a site, or one after the other over hours: each for itself", () => {
    const few = fleet(10, (at) => (at < 3 ? {} : { session: online, lastContactMs: ago(0) }));
    expect(causes(few)).toEqual(Array(3).fill("lost-contact"));
    const hours = fleet(8, (at) => ({
      session: gone(20 + 60 * at),
      lastContactMs: ago(20 + 60 * at),
    }));
    expect(causes(hours)).toEqual(Array(8).fill("lost-contact"));
  });

  test("a third of the fleet on several sites at once: the hub's own access", () => {
    const lost = fleet(20, (at) => ({ siteId: `S-${at % 4}` }));
    expect(causes(lost)).toEqual(Array(20).fill("hub-network"));
  });

  test("a site that was switched off in order is not without coverage", () => {
    expect(causes(fleet(10, () => ({ session: gone(20, true) })))).toEqual(
      Array(10).fill("switched-off"),
    );
  });
});

describe("what is usual for a machine", () => {
  /** Monday to Friday, 07:00 to 17:00 UTC, in four weeks. */
  const active = new Map<number, number>();
  const monday = Date.parse("2026-06-08T00:00:00Z") / hourMs;
  for (let day = 0; day < 5; day++)
    for (let hour = 7; hour < 17; hour++) active.set((monday + 24 * day + hour) % 168, 4);
  const pattern = { weeks: 4, active };
  const usual = (since: string, at: string) =>
    isUsuallySilent(pattern, Date.parse(`${since}Z`), Date.parse(`${at}Z`));

  test("nights and weekends are, working hours are not", () => {
    expect(usual("2026-06-10T16:55:00", "2026-06-10T23:00:00")).toBe(true);
    expect(usual("2026-06-12T16:55:00", "2026-06-15T06:30:00")).toBe(true);
    expect(usual("2026-06-10T10:05:00", "2026-06-10T10:25:00")).toBe(false);
    expect(usual("2026-06-10T16:55:00", "2026-06-11T08:30:00")).toBe(false);
  });

  test("one working hour makes the whole silence unusual, also in the night behind it", () => {
    expect(usual("2026-06-10T10:05:00", "2026-06-10T23:00:00")).toBe(false);
    expect(usual("2026-06-05T16:55:00", "2026-06-20T12:00:00")).toBe(false);
  });

  test("nothing is known of a machine of a week", () => {
    expect(isUsuallySilent({ weeks: 1, active: new Map() }, ago(600), now)).toBe(false);
  });
});

test("earlier losses are told apart by whether the gateway had started anew; goodbyes count for nothing", () => {
  const session = (value: string, minutes: number) => ({
    path: ["session"],
    value,
    atMs: ago(minutes),
  });
  const changes = [
    session("offline", 900),
    session("online", 890),
    session("offline", 800),
    { path: ["gateway", "run"], value: "r2", atMs: ago(750) },
    session("online", 749),
    session("offline", 600),
    { path: ["session", "goodbye"], value: true, atMs: ago(600) },
    { path: ["gateway", "run"], value: "r3", atMs: ago(500) },
    session("online", 499),
    session("offline", 20),
  ];
  expect(earlierEnds(changes, { fromMs: ago(1_000), toMs: now })).toEqual({ link: 1, off: 1 });
});
