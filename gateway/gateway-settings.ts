import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { BlackBoxSettings } from "./blackbox/black-box.ts";
import type { GatewayOptions } from "./gateway-options.ts";
import type { HubAccess } from "./hub-access.ts";
import type { DataBudget } from "./publish/data-budget.ts";
import { type CompleteSource, makeSource } from "./sources/make-source.ts";

/** Where the page for the installer is. */
export interface LocalConfig {
  readonly address: string;
  readonly port: number;
}

/** Whether, and for how long unconfirmed, a configuration of the hub is used. */
export interface RemoteConfig {
  readonly mode: "accept" | "refuse";
  readonly confirmWithinMs: number;
}

export interface MachineSettings {
  readonly machineId: string;
  /** With everything that it imports. */
  readonly plan: Plan;
  readonly dataBudget?: DataBudget;
  readonly sources: readonly CompleteSource[];
}

/**
 * What a gateway's configuration and its plans come to: checked, defaults filled in, paths from the root. Plain data,
 * which can go from one process to another.
 */
export interface GatewaySettings {
  readonly gatewayId: string;
  readonly hub: HubAccess;
  readonly spoolFolder: string;
  readonly spoolBytes: number;
  readonly memoryBytes: number;
  readonly syncIntervalMs: number;
  readonly batchAgeMs: number;
  readonly blackBox?: Partial<BlackBoxSettings>;
  readonly local?: LocalConfig;
  readonly remote: RemoteConfig;
  readonly machines: readonly MachineSettings[];
}

export type OptionsOfSettings = Omit<GatewayOptions, "log"> & {
  readonly local?: LocalConfig;
  readonly remote: RemoteConfig;
};

/** The same with sources that can be opened. Loads no schema: a gateway that runs does without. */
export const optionsOf = ({ machines, ...settings }: GatewaySettings): OptionsOfSettings => ({
  ...settings,
  machines: machines.map(({ sources, ...machine }) => ({
    ...machine,
    sources: (context) => sources.map((source) => makeSource(source, context)),
  })),
});
