import { resolve } from "node:path";
import { type Static, Type } from "typebox";
import { ColumnMap } from "../can/recordings/column-map.ts";
import { wantsCan } from "../can/signals-of-plan.ts";
import type { SourceContext, SourceKind } from "../source.ts";
import { type WithDefaults, withDefaults } from "../with-defaults.ts";
import { ReplaySource } from "./replay-source.ts";

export const ReplayConfig = Type.Object(
  {
    kind: Type.Literal("replay"),
    file: Type.String({
      minLength: 1,
      description: "recording: candump text, Vector ASC, PCAN TRC or CSV; told by its content",
    }),
    columns: Type.Optional(ColumnMap),
    speed: Type.Optional(
      Type.Union([Type.Literal("max"), Type.Number({ exclusiveMinimum: 0 })], {
        default: 1,
        description: "1 = as recorded, 10 = ten times as fast, max = as fast as it goes",
      }),
    ),
    repeat: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100_000,
        default: 1,
        description: "how often it is played, end to end",
      }),
    ),
    endsAt: Type.Optional(
      Type.String({
        format: "date-time",
        description: "time of the very last frame; default: the start of the replay",
      }),
    ),
  },
  { additionalProperties: false },
);
export type ReplayConfig = WithDefaults<Static<typeof ReplayConfig>, "speed" | "repeat">;

export const replay: SourceKind<typeof ReplayConfig> = {
  kind: "replay",
  Config: ReplayConfig,
  check({ file, endsAt }, acquisition) {
    const problems: string[] = [];
    if (endsAt !== undefined && Number.isNaN(Date.parse(endsAt)))
      problems.push(`${endsAt} is no instant like 2026-03-02T08:00:00Z`);
    if (file === "-") problems.push("a replay reads its recording twice, so it must be a file");
    if (!wantsCan(acquisition))
      problems.push("the plan has no signal on CAN, a recording can give it nothing");
    return problems;
  },
  withPathsFrom: (config, folder) => ({ ...config, file: resolve(folder, config.file) }),
};

/** A replay source, with its progress; defaults stand for what is left out. */
export const createReplay = (
  config: Static<typeof ReplayConfig>,
  context: SourceContext,
): ReplaySource => new ReplaySource(withDefaults<ReplayConfig>(ReplayConfig, config), context);
