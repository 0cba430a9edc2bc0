import { isDeepStrictEqual } from "node:util";
import type { Ticket } from "@firebreak/tickets/ticket.ts";
import { afterEach, expect, test } from "vitest";
import { activeCode, coolant, recordingOf, running } from "../constructed.fixture.ts";
import { folderWithPlan } from "../edited-plan.fixture.ts";
import { deliverAll, playFleet } from "../fleet-gateway.fixture.ts";
import { eventually, temporaryFolder } from "../product.fixture.ts";
import { RestartableHub, settledLedger } from "../restartable-hub.fixture.ts";
import { pause, report, seeded, seedOfRun } from "../seeded.fixture.ts";

const rounds = Number(process.env.FIREBREAK_ROUNDS ?? (process.env.FIREBREAK_SOAK ? 100 : 2));
/** Speed at which 16 s of machine time are played. */
const speed = 5;
const playedMs = 16_000 / speed;

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** Three alarms that come up one after the other and stay: a code, an unknown code, and a mean held above a limit for 10 s. */
const alarmed = (): string =>
  recordingOf("alarmed", 160, (tenth) => [
    running,
    ...(tenth % 10 === 3 ? [activeCode(100, 4)] : []),
    ...(tenth % 10 === 5 && tenth > 40 ? [activeCode(5_000, 2, 3)] : []),
    ...(tenth % 10 === 7 ? [coolant(110)] : []),
  ]);
/** The limit is of what is derived: of the coolant's mean over 4 s, so that there is more to forget than a hold. */
const derivedCoolant = `  derived:
    usualCoolant:
      title: { en: Coolant over 4 s, zh-CN: 冷却液温度（4 秒平均） }
      unit: °C
      range: [-40, 210]
      source: engineering default
      operator: window
      of: engineCoolantTemperature
      statistic: mean
      windowSeconds: 4
  rules:
`;

/** A folder with the tractor's plan, in which the coolant is judged by that. */
const plansFolder = (): string =>
  folderWithPlan("loader-tractor", [
    ["\n  rules:\n", `\n${derivedCoolant}`],
    [/signal: engineCoolantTemperature(\n +above: 108)/, "signal: usualCoolant$1"],
  ]);

const failureModes = ["engine-oil-pressure-sensor", "engine-overheating", "uncatalogued"];

/** What the rules know of a machine. */
interface Condition {
  readonly health: number | "unknown";
  readonly activeCodes: number;
  readonly activeFindings: number;
}

/** What a clock promises; levels reached are left out, for time goes on. */
const promisesOf = ({ ticketId, sla, occurrenceCount, activeFindings, createdAt }: Ticket) => ({
  ...{ ticketId, createdAt, occurrenceCount, activeFindings },
  clocks: sla.map(({ clockId, kind, startedAt, dueAt, pauses }) => ({
    ...{ clockId, kind, startedAt, dueAt, pauses },
  })),
});

test(`F1: the hub that holds the rules is killed ${rounds} times while alarms are active: one ticket for each episode, clocks as they were`, {
  timeout: 300_000 + rounds * 30_000,
}, async () => {
  const seed = seedOfRun();
  const random = seeded(seed);
  const hub = await new RestartableHub(temporaryFolder("active-alarms"), [
    "--plans",
    plansFolder(),
  ]).start();
  endings.push(() => hub.stop());
  const file = alarmed();
  const workOf = async (machine: string): Promise<Ticket[]> => {
    const { items } = await hub.current.get<{ items: Ticket[] }>(`tickets?machine=${machine}`);
    const work = items.filter(({ kind }) => kind !== "parts");
    const whole = work.map(({ ticketId }) => hub.current.get<Ticket>(`tickets/${ticketId}`));
    return (await Promise.all(whole)).toSorted((a, b) =>
      `${a.faultCode}`.localeCompare(`${b.faultCode}`),
    );
  };
  const conditionOf = async (machine: string) => {
    const { health, activeCodes, activeFindings } = await hub.current.get<Condition>(
      `machines/${machine}`,
    );
    return { health, activeCodes, activeFindings };
  };

  const known = new Map<string, { promises: object[]; condition: Condition }>();
  const struckAtMs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const machine = `ALARM-${round}`;
    const gateway = await playFleet({
      data: hub.data,
      machines: new Map([[machine, file]]),
      speed,
    });
    endings.push(() => gateway.stop());
    const strikeMs = Math.round(random() * (playedMs + 500));
    struckAtMs.push(strikeMs);
    await pause(strikeMs);
    await hub.kill();
    await hub.start();
    await deliverAll(gateway);
    const ledger = await settledLedger(hub, machine);
    expect(ledger).toMatchObject({ journalled: 0, spooled: 0, quarantined: 0, lost: 0 });
    const condition = await eventually(`${machine} to be judged to its end`, async () => {
      const one = await conditionOf(machine);
      await pause(1_000);
      const other = await conditionOf(machine);
      return isDeepStrictEqual(one, other) && one.activeFindings >= failureModes.length && one;
    });
    const tickets = await workOf(machine);
    expect(tickets.map(({ faultCode }) => faultCode)).toEqual(failureModes);
    expect(tickets.map(({ occurrenceCount }) => occurrenceCount)).toEqual([1, 1, 1]);
    for (const [earlier, { promises, condition }] of known) {
      expect((await workOf(earlier)).map(promisesOf)).toEqual(promises);
      expect(await conditionOf(earlier)).toEqual(condition);
    }
    known.set(machine, { promises: tickets.map(promisesOf), condition });
  }
  const { items } = await hub.current.get<{ items: Ticket[] }>("tickets?limit=200");
  report("active-alarms", { seed, kills: rounds, struckAtMs, tickets: items.length });
});
