import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { faultClasses } from "@firebreak/tickets/organisation/engineer.ts";
import type { Actor } from "@firebreak/tickets/vocabulary.ts";
import type { DemoDesks } from "./demo-desks.ts";
import {
  demoCustomers,
  demoMachineFiles,
  demoMark,
  demoPresence,
  demoSites,
  demoSkills,
} from "./demo-organisation.ts";
import { demoStock } from "./demo-stock.ts";

/** Who has written the demonstration. */
export const demoActor: Actor = { kind: "system", id: "demo" };

/** One thing to be done, once however often it is asked for. */
export type SeedStep = () => Promise<unknown>;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const certificatesUntil = "2030-12-31";
const by = (commandId: string) => ({ actor: demoActor, commandId: `demo/${commandId}` });

/**
 * What has to be there before the machines speak: customers, sites, machine files, skills, who is on duty, stock; by the
 * commands of the desks, so that all their rules hold.
 */
export function organisationSteps(
  { organisation, stock, clock }: DemoDesks,
  plans: ReadonlyMap<string, Plan>,
  startedMs: number,
): SeedStep[] {
  return [
    ...demoCustomers.map(
      ({ file, contacts }) =>
        () =>
          organisation.write("customers", { ...by(file.customerId), file, people: contacts }),
    ),
    ...["C-001", "C-002", "C-003", "C-004"].map((customerId) => async () => {
      const { file, version } = await organisation.get("customers", customerId);
      if (file.name.endsWith(demoMark)) return;
      const marked = { ...file, name: `${file.name}${demoMark}` };
      await organisation.write("customers", { ...by(customerId), file: marked, version });
    }),
    ...demoSites.map((file) => () => organisation.write("sites", { ...by(file.siteId), file })),
    ...demoMachineFiles(plans, startedMs).map(
      (file) => () => organisation.write("machines", { ...by(file.machineId), file }),
    ),
    ...Object.entries(demoSkills).map(([engineerId, learned]) => async () => {
      const { file, version } = await organisation.get("engineers", engineerId);
      const { skills, certifications, specialistFor } = file;
      const types = learned.types.filter((type) => !skills.productTypes.includes(type));
      if (types.length === 0) return;
      const after = {
        ...file,
        skills: {
          productTypes: [...skills.productTypes, ...types],
          faultClasses: [...faultClasses],
        },
        certifications: [
          ...certifications,
          ...types.map((productType) => ({ productType, validUntil: certificatesUntil })),
        ],
        specialistFor: [...new Set([...specialistFor, ...(learned.specialist ?? [])])],
      };
      await organisation.write("engineers", { ...by(engineerId), file: after, version });
    }),
    ...Object.entries(demoPresence).map(
      ([engineerId, state]) =>
        () =>
          organisation.setPresence({ ...by(`presence/${engineerId}`), engineerId, state }),
    ),
    ...demoStock.map(({ partNo, locationId, quantity, band }) => async () => {
      const at = { partNo, locationId };
      clock.setMs(startedMs - 180 * dayMs);
      await stock.receive({ ...by(`receive/${partNo}@${locationId}`), ...at, quantity });
      if (!band) return;
      const [min, target, max] = band;
      clock.setMs(startedMs - 170 * dayMs);
      await stock.setPolicy({ ...by(`band/${partNo}@${locationId}`), ...at, min, target, max });
    }),
    () => sendPicks({ stock, clock }, startedMs),
  ];
}

/** One store helps another out: on the road since yesterday. */
async function sendPicks(
  { stock, clock }: Pick<DemoDesks, "stock" | "clock">,
  startedMs: number,
): Promise<void> {
  clock.setMs(startedMs - 21 * hourMs);
  const { transferId } = await stock.move({
    ...by("move"),
    partNo: "FB-MM-PK-01",
    locationId: "changsha",
    toId: "wuhan",
    quantity: 60,
  });
  for (const step of ["approve", "pick", "send"] as const) {
    clock.setMs(clock.nowMs() + hourMs);
    await stock.stepTransfer({ ...by(`move/${step}`), transferId, step });
  }
}
