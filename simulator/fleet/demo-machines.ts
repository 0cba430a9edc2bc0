import type { Province } from "../surroundings/climate.ts";

/** What a machine of the demonstration does while somebody looks. */
export type DemoDuty =
  /** Works, as in the middle of a shift. */
  | "work"
  /** Its engine runs, nobody works with it. */
  | "idle"
  /** Off shift: switched off, its buses are silent, its gateway is on line. */
  | "off"
  /** As `off`, and its gateway is not heard any more. */
  | "offline";

/** One machine of the demonstration, as far as physics goes; its owner and place stand with the organisation. */
export interface DemoMachine {
  readonly machineId: string;
  /** Its folder under plans/. A machine of a type that is not registered is left out. */
  readonly machineType: string;
  readonly seed: number;
  /** Operating hours now. */
  readonly hours: number;
  readonly province: Province;
  readonly duty: DemoDuty;
  /** A fault that grows while somebody looks; one that its type does not have is left out. */
  readonly fault?: DemoFault;
  /** Source address of a control unit that says nothing. */
  readonly silentUnit?: number;
}

export interface DemoFault {
  readonly fault: string;
  /** Hours at nominal load from its beginning to its end. */
  readonly lifeHours: number;
  /** It began so many hours before the start. */
  readonly sinceHours: number;
}

const machine = (
  machineId: string,
  machineType: string,
  [seed, hours, province, duty]: readonly [number, number, Province, DemoDuty],
  more: Pick<DemoMachine, "fault" | "silentUnit"> = {},
): DemoMachine => ({ machineId, machineType, seed, hours, province, duty, ...more });

/**
 * The fleet of the demonstration: 24 machines of nine types in nine provinces. Most stand: a machine that is switched off
 * says nothing and costs next to nothing. Hours, duties and faults are invented.
 */
export const demoMachines: readonly DemoMachine[] = [
  machine("PUMP-001", "concrete-pump-truck", [1, 3120, "CN-HN", "work"]),
  machine("PUMP-002", "concrete-pump-truck", [2, 6410, "CN-SC", "work"]),
  machine("LOADER-001", "loader-tractor", [3, 1875, "CN-HB", "work"]),
  machine("PUMP-003", "concrete-pump-truck", [4, 4180, "CN-HB", "off"]),
  machine("PUMP-004", "concrete-pump-truck", [5, 2210, "CN-SH", "off"]),
  machine("TPUMP-001", "trailer-concrete-pump", [6, 1460, "CN-SC", "work"], {
    fault: { fault: "suction-strainer-clogs", lifeHours: 240, sinceHours: 70 },
  }),
  machine("TPUMP-002", "trailer-concrete-pump", [7, 2890, "CN-YN", "off"]),
  machine("TOWER-001", "tower-crane", [8, 5230, "CN-HB", "work"], {
    fault: { fault: "slewing-ring-runs-dry", lifeHours: 220, sinceHours: 60 },
  }),
  machine("TOWER-002", "tower-crane", [9, 7740, "CN-SH", "off"]),
  machine("TOWER-003", "tower-crane", [10, 3015, "CN-SC", "off"]),
  machine("CRANE-001", "truck-crane", [11, 4420, "CN-SH", "off"]),
  machine("CRANE-002", "truck-crane", [12, 6105, "CN-XJ", "offline"]),
  machine("CRANE-003", "truck-crane", [13, 980, "CN-HN", "off"]),
  machine("PAVER-001", "asphalt-paver", [14, 2650, "CN-HN", "off"]),
  machine("PAVER-002", "asphalt-paver", [15, 3380, "CN-SH", "off"]),
  machine("ROLLER-001", "road-roller", [16, 1990, "CN-HN", "idle"], { silentUnit: 0 }),
  machine("ROLLER-002", "road-roller", [17, 4875, "CN-BJ", "off"]),
  machine("ROLLER-003", "road-roller", [18, 2740, "CN-SH", "off"]),
  machine("MILL-001", "cold-milling-machine", [19, 3560, "CN-HN", "off"]),
  machine("MILL-002", "cold-milling-machine", [20, 1285, "CN-SH", "off"]),
  machine("DRILL-001", "horizontal-directional-drill", [21, 2140, "CN-GD", "work"], {
    fault: { fault: "return-filter-clogs", lifeHours: 220, sinceHours: 150 },
  }),
  machine("DRILL-002", "horizontal-directional-drill", [22, 3925, "CN-YN", "off"]),
  machine("LOADER-002", "loader-tractor", [23, 5310, "CN-XJ", "off"]),
  machine("LOADER-003", "loader-tractor", [24, 860, "CN-SC", "off"]),
];

/** The three that tests and pictures know. */
export const smallFleet: readonly DemoMachine[] = demoMachines.slice(0, 3);
