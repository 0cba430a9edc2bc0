import type { ExplainedValue, Explanation, ShownOrigin } from "./explanation.ts";

/** The explanation in plain words, a line for every value; behind an arrow where it is not the plan's own. */
export function textOf(explanation: Explanation): string {
  const { plan, productType, tier, file, organisation } = explanation;
  return [
    `${plan}: ${productType}, tier ${tier}, ${file}`,
    `${placeInWords(explanation)} (known from ${organisation})`,
    "",
    ...layerLines(explanation),
    "",
    "When something breaks:",
    ...table(serviceLevelRows(explanation)),
    "",
    "Without a fault:",
    ...table(plannedRows(explanation)),
    "",
    "As in the plan, whatever the place:",
    ...table(unchangedRows(explanation)),
    "",
    ...derivedLines(explanation),
    ...elsewhere(explanation),
  ].join("\n");
}

function derivedLines({ derived }: Explanation): string[] {
  if (derived.length === 0) return [];
  const rows = derived.map(({ name, unit, says, at }): Row => [name, unit, says, `<- ${at}`]);
  return ["Derived from its signals, whatever the place:", ...table(rows), ""];
}

function placeInWords({ place }: Explanation): string {
  const { regionIds, segment, customerId } = place;
  const parts = [
    ...(regionIds.length === 0 ? [] : [`region ${regionIds.join(" > ")}`]),
    ...(segment === undefined ? [] : [`segment ${segment}`]),
    ...(customerId === undefined ? [] : [`customer ${customerId}`]),
  ];
  return parts.length === 0 ? "For no place in particular" : `For ${parts.join(", ")}`;
}

function layerLines({ layers }: Explanation): string[] {
  if (layers.length === 0) return ["Nothing is laid over the plan there."];
  const rows = layers.map((layer): Row => {
    const changes = layer.changes.join(", ") || "nothing that differs";
    return [layerName(layer), changes, layer.at ?? ""];
  });
  return ["Laid over the plan, each over those above it:", ...table(rows)];
}

type Row = readonly string[];

/** Columns side by side, as wide as they need. */
function table(rows: readonly Row[]): string[] {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, index) => Math.max(widest[index] ?? 0, cell.length)),
    [],
  );
  return rows.map((row) =>
    `  ${row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("  ")}`.trimEnd(),
  );
}

function layerName({ layer, of, overrideId }: ShownOrigin): string {
  const name = of === "" ? layer : `${layer} ${of}`;
  return overrideId === undefined ? name : `${name}, headquarters' override ${overrideId}`;
}

/** Empty for what the plan says itself. */
function arrow(from: ShownOrigin, how = ""): string {
  if (from.layer === "plan") return "";
  const name = from.layer === "tier" ? `tier ${from.of} is entitled to no more` : layerName(from);
  return `<- ${name}${how}${from.at === undefined ? "" : `, ${from.at}`}`;
}

const timeWords = {
  response: "answered within",
  arrival: "reached within",
  resolution: "solved within",
  resolutionAfterArrival: "solved after arrival within",
} as const;

function serviceLevelRows({ values, times }: Explanation): Row[] {
  return [
    ...rowsOf(values, ["slaProfile", "slaUplift"]),
    ...times.map((time): Row => {
      const how =
        time.by === "uplift"
          ? " serves it as more urgent"
          : time.by === "profile" && time.from.layer === "commitment"
            ? ` by profile ${time.profile}`
            : "";
      const what = `${time.priority} faults ${timeWords[time.kind]}`;
      return [what, durationWords(time.minutes), arrow(time.from, how)];
    }),
  ];
}

const plannedRows = ({ values }: Explanation): Row[] =>
  rowsOf(values, [
    "inspectionMonths",
    "frequencyMultiplier",
    "peak",
    "staffing",
    "premium",
    "stockFactor",
    "marketStage",
  ]);

const names: Readonly<Record<string, string>> = {
  slaProfile: "service level profile",
  slaUplift: "served so many priorities higher",
  inspectionMonths: "inspected in months after handover",
  frequencyMultiplier: "so many times as often",
  peak: "days before and after a busy season",
  staffing: "who may come",
  premium: "premium services",
  stockFactor: "stock, times the upper demand",
  marketStage: "market of this machine type",
};

const rowsOf = (values: readonly ExplainedValue[], wanted: readonly string[]): Row[] =>
  wanted.flatMap((name) =>
    values
      .filter((one) => one.name === name)
      .map((one): Row => [names[name] ?? name, valueWords(one.value), arrow(one.from)]),
  );

/** `1, 3, 6, 12`; `leadDays 14, afterDays 14`. */
function valueWords(value: unknown): string {
  if (Array.isArray(value)) return value.join(", ");
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .map(([name, one]) => `${name} ${one === true ? "yes" : one === false ? "no" : one}`)
    .join(", ");
}

function durationWords(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  const words = [...(hours > 0 ? [`${hours} h`] : []), ...(rest > 0 ? [`${rest} min`] : [])];
  return words.join(" ");
}

/** What no layer changes, in short: the whole of it is in the file, and in `--json`. */
function unchangedRows({ service }: Explanation): Row[] {
  const { preventive, intervals = [], checklists = {}, parts = [], failureModes } = service;
  const hazards = (preventive?.hazardPoints ?? []).map(({ id, atHours, atMonths }) =>
    atHours === undefined ? `${id} at ${atMonths} months` : `${id} at ${atHours} h`,
  );
  const services = intervals.map(({ id }) => id);
  const count = (what: string, number: number): Row => [what, String(number)];
  return [
    ["hazard points", hazards.join(", ") || "none"],
    ["services by hours", services.join(", ") || "none"],
    count("checklists", Object.keys(checklists).length),
    count("parts", parts.length),
    count("failure modes", Object.keys(failureModes).length),
  ];
}

function elsewhere({ speaksOf: { regions, segments } }: Explanation): string[] {
  const said = [
    ...(regions.length === 0 ? [] : [`regions ${regions.join(", ")}`]),
    ...(segments.length === 0 ? [] : [`segments ${segments.join(", ")}`]),
  ];
  return [
    said.length === 0
      ? "The plan speaks of no region or segment: it is the same everywhere."
      : `The plan speaks of ${said.join("; ")}.`,
  ];
}
