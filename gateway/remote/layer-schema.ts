import { type Static, Type } from "typebox";
import { BatchAgeMs, BlackBoxConfig, DataBudgetConfig, SyncIntervalMs } from "../config-schema.ts";
import { SourceConfig } from "../sources/registry.ts";

const closed = { additionalProperties: false } as const;

const LayerMachine = Type.Object(
  {
    machineId: Type.Optional(
      Type.String({ minLength: 1, description: "one machine of this gateway" }),
    ),
    plan: Type.Optional(
      Type.String({ minLength: 1, description: "every machine with the plan of this id" }),
    ),
    dataBudget: Type.Optional(DataBudgetConfig),
    sources: Type.Optional(
      Type.Array(SourceConfig, { minItems: 1, description: "instead of the file's sources" }),
    ),
    acquisition: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description: "laid over the plan's, name by name; null takes something away",
      }),
    ),
  },
  closed,
);

/** What a hub may set from afar. Whatever is not here stands in the gateway's own file and nowhere else. */
export const Layer = Type.Object(
  {
    version: Type.Literal(1, { description: "version of this format" }),
    batchAgeMs: Type.Optional(BatchAgeMs),
    syncIntervalMs: Type.Optional(SyncIntervalMs),
    blackBox: Type.Optional(BlackBoxConfig),
    machines: Type.Optional(Type.Array(LayerMachine, { minItems: 1 })),
  },
  closed,
);
export type Layer = Static<typeof Layer>;

/** Keys of the gateway's own file that no hub may set, and why. */
export const localOnly: Readonly<Record<string, string>> = {
  gatewayId: "who a gateway is, is settled when it is enrolled",
  hub: "a wrong address or secret would cut the way that could mend it",
  spool: "where data lie and how much room they have depends on the device's disk",
  local: "who may see the page on the site's network is decided on the site",
  remote: "what the hub may do is not the hub's to say",
};
