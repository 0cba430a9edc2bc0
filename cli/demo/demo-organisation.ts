import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { demoMachines } from "@firebreak/simulator/fleet/demo-machines.ts";
import type { Customer } from "@firebreak/tickets/organisation/customer.ts";
import type { MachineFile } from "@firebreak/tickets/organisation/machine-file.ts";
import type { Person } from "@firebreak/tickets/organisation/person.ts";
import type { Site } from "@firebreak/tickets/organisation/site.ts";

// What the demonstration has beside demo-organisation.yaml of tickets. Firms, sites and people are invented;
// coordinates are near the cities named.

/** Firms say in their name that they are none. */
export const demoMark = "（演示）";

interface DemoCustomer {
  readonly file: Customer;
  readonly contacts: readonly Person[];
}

export const demoCustomers: readonly DemoCustomer[] = [
  {
    file: {
      customerId: "C-005",
      name: `江海联合建工${demoMark}`,
      segment: "highway",
      keyAccount: true,
      tier: "high_value",
      contactIds: ["P-006"],
      preferredChannel: "wechat",
      regionId: "east",
    },
    contacts: [
      {
        personId: "P-006",
        name: "沈岚",
        firstName: "岚",
        phone: "13800010006",
        position: "设备部长",
      },
    ],
  },
  {
    file: {
      customerId: "C-006",
      name: `天山北道路桥${demoMark}`,
      segment: "other",
      keyAccount: false,
      tier: "standard",
      contactIds: ["P-007"],
      preferredChannel: "phone",
      regionId: "xinjiang",
    },
    contacts: [
      {
        personId: "P-007",
        name: "马卫东",
        firstName: "卫东",
        phone: "13800010007",
        position: "机务队长",
      },
    ],
  },
];

const site = (
  siteId: string,
  customerId: string,
  regionId: string,
  [projectName, address, lat, lon]: readonly [string, string, number, number],
): Site => ({
  siteId,
  customerId,
  regionId,
  projectName,
  address,
  location: { lat, lon },
  peakPeriods: [],
  majorProject: siteId === "S-011" || siteId === "S-015",
});

export const demoSites: readonly Site[] = [
  site("S-011", "C-001", "hunan", ["长株城际快速路改造", "湖南省株洲市", 27.901, 113.085]),
  site("S-012", "C-002", "southwest", ["岷江航电枢纽二期", "四川省乐山市", 29.512, 103.771]),
  site("S-013", "C-003", "central", ["东湖科学城三号地块", "武汉市洪山区", 30.478, 114.512]),
  site("S-014", "C-004", "fujian", ["环岛东路管线迁改", "福建省厦门市", 24.469, 118.176]),
  site("S-015", "C-005", "east", ["临港产业园二期", "上海市浦东新区", 30.905, 121.921]),
  site("S-016", "C-005", "east", ["沿江高速养护三标", "江苏省南通市", 31.988, 120.879]),
  site("S-017", "C-006", "xinjiang", ["天山北麓风电场道路", "新疆昌吉州", 44.021, 87.312]),
  site("S-018", "C-001", "beijing", ["京郊快速路北延", "北京市昌平区", 40.221, 116.236]),
  site("S-019", "C-002", "southwest", ["滇中引水四标隧洞", "云南省昆明市", 25.121, 102.701]),
];

/** Who serves a region where there is no station of its own. */
const stationOf: Readonly<Record<string, string>> = {
  hunan: "changsha",
  southwest: "chengdu",
  central: "wuhan",
  fujian: "xiamen",
  east: "wuhan",
  beijing: "wuhan",
  xinjiang: "chengdu",
};

const siteOf: Readonly<Record<string, string>> = {
  "PUMP-003": "S-013",
  "PUMP-004": "S-015",
  "TPUMP-001": "S-012",
  "TPUMP-002": "S-019",
  "TOWER-001": "S-013",
  "TOWER-002": "S-015",
  "TOWER-003": "S-012",
  "CRANE-001": "S-015",
  "CRANE-002": "S-017",
  "CRANE-003": "S-011",
  "PAVER-001": "S-011",
  "PAVER-002": "S-016",
  "ROLLER-001": "S-011",
  "ROLLER-002": "S-018",
  "ROLLER-003": "S-016",
  "MILL-001": "S-011",
  "MILL-002": "S-016",
  "DRILL-001": "S-014",
  "DRILL-002": "S-019",
  "LOADER-002": "S-017",
  "LOADER-003": "S-012",
};

const dayMs = 86_400_000;
const dayText = (timeMs: number) => new Date(timeMs).toISOString().slice(0, 10);
/** A machine of the demonstration works so many hours a day on the average; it says when each was sold. */
const hoursPerDay = 4.6;

/** Files of the machines that demo-organisation.yaml does not have, by the plans there are. */
export function demoMachineFiles(
  plans: ReadonlyMap<string, Plan>,
  nowMs: number,
): readonly MachineFile[] {
  return demoMachines.flatMap(({ machineId, machineType, hours, seed }) => {
    const plan = plans.get(machineType);
    const where = demoSites.find(({ siteId }) => siteId === siteOf[machineId]);
    if (!plan || !where?.customerId || !where.location) return [];
    const handoverMs = nowMs - (hours / hoursPerDay) * dayMs;
    return {
      machineId,
      serialNumber: `DEMO-${machineId}-${String(1_000 + 37 * seed)}`,
      productType: plan.service.productType,
      planId: machineType,
      ...(plan.acquisition.models[0] === undefined ? {} : { model: plan.acquisition.models[0] }),
      state: "in_service",
      customerId: where.customerId,
      siteId: where.siteId,
      regionId: where.regionId,
      stationId: stationOf[where.regionId] ?? "changsha",
      gatewayId: `sim-${machineId}`,
      soldAt: dayText(handoverMs - 14 * dayMs),
      handoverAt: dayText(handoverMs),
      warrantyEndsAt: dayText(handoverMs + 365 * dayMs),
      meter: {
        readingHours: hours,
        offsetHours: 0,
        at: new Date(nowMs).toISOString(),
        replacements: [],
      },
      location: where.location,
      demonstrationSite: false,
      peakPeriods: [],
    };
  });
}

/** Product types that engineers of demo-organisation.yaml learn besides, and for which of them they are named. */
export const demoSkills: Readonly<
  Record<string, { readonly types: readonly string[]; readonly specialist?: readonly string[] }>
> = {
  "E-001": {
    types: ["paver", "road_roller", "milling_machine", "truck_crane", "concrete_pump"],
  },
  "E-004": { types: ["paver", "truck_crane", "concrete_pump", "horizontal_directional_drill"] },
  "E-005": {
    types: ["concrete_pump", "horizontal_directional_drill", "tower_crane", "truck_crane"],
    specialist: ["concrete_pump_truck"],
  },
  "E-007": { types: ["concrete_pump", "truck_crane", "horizontal_directional_drill"] },
  "E-008": {
    types: ["tower_crane", "truck_crane", "paver", "concrete_pump"],
    specialist: ["concrete_pump_truck"],
  },
  "E-009": {
    types: ["road_roller", "milling_machine", "tower_crane", "paver"],
    specialist: ["milling_machine", "paver"],
  },
  "E-010": {
    types: ["road_roller", "milling_machine", "tower_crane", "truck_crane", "paver"],
  },
  "E-011": { types: ["horizontal_directional_drill", "concrete_pump"] },
};

/** What engineers do while somebody looks; the tickets move some of them on. */
export const demoPresence = {
  "E-001": "available",
  "E-002": "available",
  "E-003": "leave",
  "E-004": "available",
  "E-005": "available",
  "E-006": "available",
  "E-007": "available",
  "E-008": "available",
  "E-009": "available",
  "E-010": "available",
  "E-011": "available",
  "E-012": "off_duty",
} as const;
