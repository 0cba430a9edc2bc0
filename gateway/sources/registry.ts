import type { Acquisition } from "@firebreak/plans/plan-schema.ts";
import { type Static, type TObject, Type } from "typebox";
import { candumpStream } from "./candump-stream/candump-stream-kind.ts";
import { type CompleteSource, makeSource } from "./make-source.ts";
import { modbusRtu, modbusTcp } from "./modbus/modbus-config.ts";
import { nmea } from "./nmea/nmea-kind.ts";
import { replay } from "./replay/replay-kind.ts";
import { slcan } from "./slcan/slcan-kind.ts";
import { socketCan } from "./socketcan/socketcan-config.ts";
import type { Source, SourceContext, SourceKind } from "./source.ts";
import { withDefaults } from "./with-defaults.ts";

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

/** The same with its defaults, and with paths that count from `folder`, not from where the process was started. */
export function completeSource(config: SourceConfig, folder?: string): CompleteSource {
  const kind = kindOf(config);
  const rooted = folder === undefined ? config : (kind.withPathsFrom?.(config, folder) ?? config);
  return withDefaults<CompleteSource>(kind.Config, rooted);
}

/** A source from a configuration that may lack what has a default. */
export const createSource = (config: SourceConfig, context: SourceContext): Source =>
  makeSource(completeSource(config), context);

/** The schema has already matched the configuration to its kind. */
const kindOf = (config: SourceConfig): SourceKind<TObject> =>
  kinds.find(({ kind }) => kind === config.kind) as unknown as SourceKind<TObject>;
