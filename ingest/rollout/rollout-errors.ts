import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { ConfigProblem } from "@firebreak/kit/load-config.ts";

export const nobody = (message: string) => new CodedError("ROLLOUT_NOBODY", message);

export const unknownRollout = () => new CodedError("ROLLOUT_UNKNOWN", "there is no such roll-out");

export const badText = (problems: readonly ConfigProblem[]) =>
  new CodedError(
    "BAD_CONFIGURATION",
    problems
      .map(({ line, column, path, message }) => `${line}:${column}: ${path}: ${message}`)
      .join("\n"),
  );
