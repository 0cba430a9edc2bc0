import { type Static, Type } from "typebox";
import { blackBoxDefaults } from "./blackbox/black-box.ts";
import { gatewayDefaults } from "./gateway-options.ts";
import { SourceConfig } from "./sources/registry.ts";

const closed = { additionalProperties: false } as const;

export const DataBudgetConfig = Type.Object(
  {
    megabytesPerMonth: Type.Number({
      exclusiveMinimum: 0,
      description: "what this machine may send in a calendar month (UTC), MB",
    }),
    warnAtPercent: Type.Optional(
      Type.Number({
        minimum: 1,
        maximum: 100,
        default: 80,
        description: "warns when the forecast reaches so much of it, percent",
      }),
    ),
  },
  closed,
);

export const BlackBoxConfig = Type.Object(
  {
    memoryBytes: Type.Optional(
      Type.Integer({
        minimum: 22_000,
        default: blackBoxDefaults.memoryBytes,
        description: "memory for raw CAN frames, bytes per machine; 22 a frame",
      }),
    ),
    preSeconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 600,
        default: blackBoxDefaults.preSeconds,
        description: "stored from before a trouble code begins, s",
      }),
    ),
    postSeconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 600,
        default: blackBoxDefaults.postSeconds,
        description: "stored from after it, s",
      }),
    ),
    maxCaptures: Type.Optional(
      Type.Integer({
        minimum: 1,
        default: blackBoxDefaults.maxCaptures,
        description: "files kept per machine; the oldest make room",
      }),
    ),
    maxPerHour: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 60,
        default: blackBoxDefaults.maxPerHour,
        description:
          "recordings of trouble codes in an hour, at most one for each code; as many again on request",
      }),
    ),
    modbusMemoryBytes: Type.Optional(
      Type.Integer({
        minimum: 4_096,
        default: blackBoxDefaults.modbusMemoryBytes,
        description: "memory for raw Modbus requests and replies, bytes per machine",
      }),
    ),
  },
  closed,
);

export const BatchAgeMs = Type.Integer({
  minimum: 50,
  maximum: 60_000,
  default: gatewayDefaults.batchAgeMs,
  description: "a batch is closed at this age, ms; longer costs less on the wire",
});

export const SyncIntervalMs = Type.Integer({
  minimum: 10,
  maximum: 1_000,
  default: gatewayDefaults.syncIntervalMs,
  description: "at most so much of the newest data is lost in a power cut, ms",
});

const Machine = Type.Object(
  {
    machineId: Type.String({ minLength: 1, description: "as the hub knows the machine" }),
    plan: Type.String({ minLength: 1, description: "id of a plan, or a path to one" }),
    sources: Type.Array(SourceConfig, { minItems: 1, description: "buses it is read from" }),
    dataBudget: Type.Optional(DataBudgetConfig),
  },
  closed,
);

const BrokerUrl = Type.String({ pattern: "^mqtts?://[^/\\s]+$" });

/** The whole configuration of a gateway. Secrets are never in it, only where they lie. */
export const GatewayConfig = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    version: Type.Literal(1, { description: "version of this file's format" }),
    gatewayId: Type.String({ minLength: 1, description: "as enrolled at the hub" }),
    hub: Type.Object(
      {
        url: Type.Union([BrokerUrl, Type.Array(BrokerUrl, { minItems: 1, maxItems: 8 })], {
          description: "broker, mqtts://host:port or mqtt://host:port; several are tried in turn",
        }),
        username: Type.Optional(Type.String({ description: "default: the gateway's id" })),
        passwordFile: Type.Optional(
          Type.String({
            minLength: 1,
            description: "file that holds the password and nothing else",
          }),
        ),
        identity: Type.Optional(
          Type.String({
            minLength: 1,
            description: "folder of the certificate that `gateway --claim` has fetched",
          }),
        ),
        caFile: Type.Optional(
          Type.String({
            minLength: 1,
            description: "the only authority whose servers are trusted, PEM; with a password",
          }),
        ),
      },
      closed,
    ),
    spool: Type.Optional(
      Type.Object(
        {
          folder: Type.Optional(
            Type.String({ minLength: 1, default: "spool", description: "belongs to it alone" }),
          ),
          maxBytes: Type.Optional(
            Type.Integer({
              minimum: 8 * 1024 * 1024,
              default: gatewayDefaults.spoolBytes,
              description: "bound on disk, bytes",
            }),
          ),
          memoryBytes: Type.Optional(
            Type.Integer({
              minimum: 256 * 1024,
              default: gatewayDefaults.memoryBytes,
              description: "bound of what is kept in memory while the disk takes nothing, bytes",
            }),
          ),
          syncIntervalMs: Type.Optional(SyncIntervalMs),
        },
        { ...closed, default: {} },
      ),
    ),
    local: Type.Optional(
      Type.Object(
        {
          address: Type.Optional(
            Type.String({
              minLength: 1,
              default: "127.0.0.1",
              description: "0.0.0.0 for everybody in the site's own network; default: this device",
            }),
          ),
          port: Type.Optional(
            Type.Integer({ minimum: 1, maximum: 65535, default: 8420, description: "TCP port" }),
          ),
        },
        { ...closed, description: "the page for the installer; absent: none" },
      ),
    ),
    blackBox: Type.Optional(BlackBoxConfig),
    batchAgeMs: Type.Optional(BatchAgeMs),
    remote: Type.Optional(
      Type.Object(
        {
          mode: Type.Optional(
            Type.Union([Type.Literal("accept"), Type.Literal("refuse")], {
              default: "accept",
              description: "refuse: what the hub sends is neither tried nor used",
            }),
          ),
          confirmWithinMs: Type.Optional(
            Type.Integer({
              minimum: 1_000,
              maximum: 1_800_000,
              default: 300_000,
              description: "rolled back when the hub has confirmed nothing by then, ms",
            }),
          ),
        },
        { ...closed, default: {}, description: "configurations that the hub sends" },
      ),
    ),
    machines: Type.Array(Machine, { minItems: 1 }),
  },
  closed,
);
export type GatewayConfig = Static<typeof GatewayConfig>;
