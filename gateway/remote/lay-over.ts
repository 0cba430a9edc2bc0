import {
  type ConfigPath,
  type ConfigProblem,
  inFileOrder,
  type LoadedConfig,
  loadConfig,
} from "@firebreak/kit/load-config.ts";
import { checkAcquisition } from "@firebreak/plans/check-acquisition.ts";
import type { Acquisition, Plan } from "@firebreak/plans/plan-schema.ts";
import type { DataBudget } from "../publish/data-budget.ts";
import { checkSource, type SourceConfig } from "../sources/registry.ts";
import { Layer, localOnly } from "./layer-schema.ts";
import { mergePatch } from "./merge-patch.ts";

/** One machine of the gateway's own file. */
export interface FileMachine {
  readonly machineId: string;
  readonly plan: Plan;
  readonly sources: readonly SourceConfig[];
  readonly dataBudget?: Partial<DataBudget> & Pick<DataBudget, "megabytesPerMonth">;
}

export interface LaidOver {
  readonly machines: readonly FileMachine[];
  readonly settings: Pick<Layer, "batchAgeMs" | "syncIntervalMs" | "blackBox">;
}

type Entry = NonNullable<Layer["machines"]>[number];

/** All mistakes that the text alone has, whatever gateway it is for; in file order. Pure. */
export function checkLayerText(text: string): readonly ConfigProblem[] {
  const loaded = loadConfig(text, Layer);
  if (!("problems" in loaded))
    return inFileOrder([...entryMistakes(loaded), ...sendingMistakes(loaded)]);
  return loaded.problems.map((problem) => {
    const why = localOnly[problem.path];
    if (why === undefined) return problem;
    return { ...problem, message: `cannot be set from afar: ${why}` };
  });
}

/** The gateway's own machines with a hub's configuration over them, or every mistake at once. Pure. */
export function layOver(
  machines: readonly FileMachine[],
  text: string,
): LaidOver | { readonly problems: readonly ConfigProblem[] } {
  const problems = checkLayerText(text);
  const loaded = loadConfig(text, Layer);
  if (problems.length > 0 || "problems" in loaded) return { problems };
  const found: ConfigProblem[] = [...strangerMistakes(loaded, machines)];
  const { machines: entries = [], batchAgeMs, syncIntervalMs, blackBox } = loaded.value;
  const laid = machines.map((machine) =>
    entries.reduce<FileMachine>((before, entry, at) => {
      if (!isMeant(entry, machine)) return before;
      const { machine: after, mistakes } = withEntry(before, entry, machine.plan);
      for (const { path, message } of mistakes)
        found.push(loaded.problemAt(["machines", at, ...path], message));
      return after;
    }, machine),
  );
  if (found.length > 0) return { problems: inFileOrder(distinct(found)) };
  return {
    machines: laid,
    settings: {
      ...(batchAgeMs === undefined ? {} : { batchAgeMs }),
      ...(syncIntervalMs === undefined ? {} : { syncIntervalMs }),
      ...(blackBox === undefined ? {} : { blackBox }),
    },
  };
}

const isMeant = ({ machineId, plan }: Entry, machine: FileMachine): boolean =>
  machineId === undefined ? plan === machine.plan.plan : machineId === machine.machineId;

/** Two machines of one plan have the same mistake once. */
const distinct = (problems: readonly ConfigProblem[]): ConfigProblem[] => [
  ...new Map(problems.map((one) => [`${one.line}:${one.column}:${one.message}`, one])).values(),
];

interface EntryMistake {
  readonly path: ConfigPath;
  readonly message: string;
}

function withEntry(
  before: FileMachine,
  { dataBudget, sources, acquisition }: Entry,
  filePlan: Plan,
): { readonly machine: FileMachine; readonly mistakes: readonly EntryMistake[] } {
  const read = (sources as readonly SourceConfig[] | undefined) ?? before.sources;
  const merged = mergePatch(before.plan.acquisition, acquisition ?? {}) as Acquisition;
  const mistakes: EntryMistake[] = [];
  if (acquisition !== undefined)
    mistakes.push(
      ...fileMistakes(acquisition),
      ...checkAcquisition(before.plan, merged),
      ...addedRequests(filePlan.acquisition, merged),
    );
  // What the sources say of a broken acquisition would only hide what is wrong with it.
  if (mistakes.length === 0)
    for (const [at, source] of read.entries())
      for (const message of checkSource(source, merged))
        mistakes.push({ path: ["sources", at], message });
  const machine = {
    ...before,
    plan: { ...before.plan, acquisition: merged },
    sources: read,
    ...(dataBudget === undefined ? {} : { dataBudget }),
  };
  return { machine, mistakes };
}

function entryMistakes({ value, problemAt }: LoadedConfig<Layer>): ConfigProblem[] {
  return (value.machines ?? []).flatMap(({ machineId, plan }, at) =>
    (machineId === undefined) === (plan === undefined)
      ? [
          problemAt(
            ["machines", at],
            "needs either machineId or plan, to say which are meant",
            "key",
          ),
        ]
      : [],
  );
}

/** No machine's bus is ever written to at a hub's word, and no recording taken for a machine. */
function sendingMistakes({ value, problemAt }: LoadedConfig<Layer>): ConfigProblem[] {
  return (value.machines ?? []).flatMap(({ sources }, at) =>
    ((sources ?? []) as readonly SourceConfig[]).flatMap((source, index) => {
      const path = ["machines", at, "sources", index];
      const found: ConfigProblem[] = [];
      if ("mode" in source && source.mode !== "listen-only")
        found.push(problemAt([...path, "mode"], "sending is allowed on the gateway only"));
      if (source.kind === "replay")
        found.push(problemAt([...path, "kind"], "a recording cannot be played from afar"));
      if (source.kind === "candump-stream" && !source.from.startsWith("tcp://"))
        found.push(problemAt([...path, "from"], "a file cannot be played from afar"));
      return found;
    }),
  );
}

function strangerMistakes(
  { value: { machines: entries = [] }, problemAt }: LoadedConfig<Layer>,
  machines: readonly FileMachine[],
): ConfigProblem[] {
  const known = machines.map(({ machineId }) => machineId).join(", ");
  const found = entries.flatMap(({ machineId }, at) =>
    machineId === undefined || machines.some((one) => one.machineId === machineId)
      ? []
      : [problemAt(["machines", at, "machineId"], `is none of this gateway's: ${known}`)],
  );
  const isForNobody = !entries.some((entry) => machines.some((one) => isMeant(entry, one)));
  if (found.length > 0 || entries.length === 0 || !isForNobody) return found;
  const plans = machines.map(({ plan }) => plan.plan).join(", ");
  return [problemAt(["machines", 0, "plan"], `no machine here has it; there are ${plans}`)];
}

/** Files lie on the gateway; a path in a text from afar would mean any of them. */
function fileMistakes(acquisition: Readonly<Record<string, unknown>>): EntryMistake[] {
  const found: EntryMistake[] = [];
  if (acquisition.imports !== undefined)
    found.push({ path: ["acquisition", "imports"], message: "files cannot be named from afar" });
  const devices = acquisition.modbusDevices;
  if (typeof devices !== "object" || devices === null) return found;
  for (const [name, device] of Object.entries(devices))
    if (typeof device === "object" && device !== null && "template" in device)
      found.push({
        path: ["acquisition", "modbusDevices", name, "template"],
        message: "files cannot be named from afar",
      });
  return found;
}

/** What may be asked for on the bus can be made less from afar, never more. */
function addedRequests(own: Acquisition, merged: Acquisition): EntryMistake[] {
  const asked = merged.j1939?.requests;
  if (asked === undefined) return [];
  const path = ["acquisition", "j1939", "requests"];
  const known = own.j1939?.requests;
  if (known?.sa !== asked.sa)
    return [{ path, message: "cannot be switched on, or sent from another address, from afar" }];
  const left = known.groups.map(requestKey);
  return asked.groups.flatMap((group, at) => {
    const own = left.indexOf(requestKey(group));
    // Once each: the same one twice would be sent twice as often.
    if (own >= 0) left.splice(own, 1);
    return own >= 0
      ? []
      : [{ path: [...path, "groups", at], message: "no request can be added from afar" }];
  });
}

const requestKey = ({ pgn, da = 255, everySeconds }: RequestGroup): string =>
  `${pgn} ${da} ${everySeconds}`;

interface RequestGroup {
  readonly pgn: number;
  readonly da?: number;
  readonly everySeconds: number;
}
