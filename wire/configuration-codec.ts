import { createHash } from "node:crypto";
import {
  type ConfigurationCommand,
  type ConfigurationName,
  type ConfigurationOutcome,
  type ConfigurationProblem,
  type ConfigurationReport,
  configurationStates,
  maxConfigurationProblems,
  maxConfigurationText,
} from "./configuration.ts";
import { listAt, malformedSession, objectAt, textAt, wholeAt } from "./json-shape.ts";

/** The most that a command or a report may weigh, characters. */
const maxLength = 2 * maxConfigurationText + 16 * 1024;
const maxMessage = 400;
const hashPattern = /^[0-9a-f]{64}$/;
const epochPattern = /^[0-9a-f]{32}$/;
const storePattern = /^[\x21-\x7e]{1,128}$/;
const shortText = /^[\s\S]{0,1000}$/;

/** What a configuration's text is known by. */
export const configurationHash = (text: string): string =>
  createHash("sha256").update(text).digest("hex");

/** The value of metric `Firebreak/Configuration` of NCMD. */
export const encodeConfigurationCommand = (command: ConfigurationCommand): string =>
  JSON.stringify(command);

/** Reads and checks a command of the hub. Throws SESSION_MALFORMED, also when text and hash do not belong together. */
export function parseConfigurationCommand(text: string): ConfigurationCommand {
  const one = objectAt(parseJson(text), "configuration");
  const name = {
    ...nameOf(one, "configuration"),
    storeId: textAt(one.storeId, "configuration.storeId", storePattern),
  };
  if (one.kind === "confirm") return { ...name, kind: "confirm" };
  if (one.kind !== "try") throw malformedSession("configuration.kind");
  if (typeof one.text !== "string" || one.text.length > maxConfigurationText)
    throw malformedSession("configuration.text");
  if (configurationHash(one.text) !== name.hash) throw malformedSession("configuration.hash");
  return { ...name, kind: "try", text: one.text };
}

/** The value of metric `Firebreak/ConfigurationReport` of NDATA; long words and long lists are cut. */
export function encodeConfigurationReport(report: ConfigurationReport): string {
  const { newest } = report;
  return JSON.stringify({
    ...report,
    newest: newest && {
      ...newest,
      reason: newest.reason.slice(0, maxMessage),
      problems: newest.problems.slice(0, maxConfigurationProblems).map((problem) => ({
        ...problem,
        path: problem.path.slice(0, maxMessage),
        message: problem.message.slice(0, maxMessage),
      })),
    },
  });
}

/** Reads and checks a report of a gateway. Throws SESSION_MALFORMED, also for a protocol other than 1. */
export function parseConfigurationReport(text: string): ConfigurationReport {
  const { protocol, running, newest, since } = objectAt(parseJson(text), "report");
  if (protocol !== 1) throw malformedSession("report.protocol");
  return {
    protocol,
    running:
      running === null ? null : nameOf(objectAt(running, "report.running"), "report.running"),
    newest: newest === null ? null : outcomeOf(newest),
    since: since === null ? null : sinceOf(since),
  };
}

function outcomeOf(value: unknown): ConfigurationOutcome {
  const one = objectAt(value, "report.newest");
  const state = configurationStates.find((known) => known === one.state);
  if (state === undefined) throw malformedSession("report.newest.state");
  return {
    ...nameOf(one, "report.newest"),
    state,
    reason: textAt(one.reason, "report.newest.reason", shortText),
    problems: listAt(one.problems, "report.newest.problems", {
      max: maxConfigurationProblems,
      read: problemOf,
    }),
  };
}

function problemOf(value: unknown): ConfigurationProblem {
  const { path, line, column, message } = objectAt(value, "report.problem");
  return {
    path: textAt(path, "report.problem.path", shortText),
    line: wholeAt(line, "report.problem.line"),
    column: wholeAt(column, "report.problem.column"),
    message: textAt(message, "report.problem.message", shortText),
  };
}

function sinceOf(value: unknown): ConfigurationReport["since"] {
  const { epoch, number } = objectAt(value, "report.since");
  return {
    epoch: textAt(epoch, "report.since.epoch", epochPattern),
    number: wholeAt(number, "report.since.number", { min: 1 }),
  };
}

const nameOf = (
  { version, hash }: Readonly<Record<string, unknown>>,
  where: string,
): ConfigurationName => ({
  version: wholeAt(version, `${where}.version`, { min: 1 }),
  hash: textAt(hash, `${where}.hash`, hashPattern),
});

function parseJson(text: string): unknown {
  if (text.length > maxLength) throw malformedSession("the size of the configuration");
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformedSession("JSON", error);
  }
}
