import { resolve } from "node:path";
import { type Static, Type } from "typebox";
import { wantsCan } from "../can/signals-of-plan.ts";
import type { SourceKind } from "../source.ts";
import { parsePlace } from "./text-stream.ts";

export const CandumpStreamConfig = Type.Object(
  {
    kind: Type.Literal("candump-stream"),
    from: Type.String({
      minLength: 1,
      description: "tcp://host:port, or the path of a FIFO or of a file that is being appended to",
    }),
  },
  { additionalProperties: false },
);
export type CandumpStreamConfig = Static<typeof CandumpStreamConfig>;

export const candumpStream: SourceKind<typeof CandumpStreamConfig> = {
  kind: "candump-stream",
  Config: CandumpStreamConfig,
  check(config, acquisition) {
    const problems: string[] = [];
    if (parsePlace(config.from) === undefined)
      problems.push(`"${config.from}" is neither a path nor tcp://host:port`);
    if (!wantsCan(acquisition))
      problems.push("the plan has no signal on CAN, a CAN bus can give it nothing");
    return problems;
  },
  withPathsFrom: (config, folder) =>
    parsePlace(config.from)?.kind === "file"
      ? { ...config, from: resolve(folder, config.from) }
      : config,
};
