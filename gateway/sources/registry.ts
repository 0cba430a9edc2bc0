import type { Acquisition } from "@firebreak/plans/plan-schema.ts";
import { type Static, type TObject, Type } from "typebox";
import { candumpStream } from "./candump-stream/candump-stream.ts";
import { modbusRtu, modbusTcp } from "./modbus/modbus-source.ts";
import { nmea } from "./nmea/nmea-source.ts";
import { replay } from "./replay/replay-source.ts";
import { slcan } from "./slcan/slcan-source.ts";
import { socketCan } from "./socketcan/socketcan-source.ts";
import type { Source, SourceContext, SourceKind } from "./source.ts";

/** One line per protocol. */
const kinds = [modbusTcp, modbusRtu, socketCan, slcan, candumpStream, nmea, replay] as const;

export const SourceConfig = Type.Union(
  kinds.map(({ Config }) => Config),
  { description: "one bus of the machine" },
);
export type SourceConfig = Static<(typeof kinds)[number]["Config"]>;

/** Problems of a valid configuration with this plan. */
export const checkSource = (config: SourceConfig, acquisition: Acquisition): string[] =>
  kindOf(config).check(config, acquisition);

export const createSource = (config: SourceConfig, context: SourceContext): Source =>
  kindOf(config).create(config, context);

/** Paths of the configuration count from `folder`, not from where the process was started. */
export const withPathsFrom = (config: SourceConfig, folder: string): SourceConfig =>
  (kindOf(config).withPathsFrom?.(config, folder) ?? config) as SourceConfig;

/** The schema has already matched the configuration to its kind. */
const kindOf = (config: SourceConfig): SourceKind<TObject> =>
  kinds.find(({ kind }) => kind === config.kind) as unknown as SourceKind<TObject>;
