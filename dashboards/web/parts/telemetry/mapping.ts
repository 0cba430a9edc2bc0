/** What the columns of a file hold, as somebody says it in the form; empty is "not there". */
export interface Mapping {
  readonly time: string;
  readonly zone: string;
  readonly machine: string;
  /** Of the one machine, where no column names machines. */
  readonly machineId: string;
  readonly shape: "long" | "wide";
  readonly value: string;
  readonly signal: string;
  /** The one signal, where no column names signals. */
  readonly signalName: string;
  readonly unit: string;
  readonly quality: string;
  /** Signal by column. */
  readonly wide: Readonly<Record<string, string>>;
}

const usual = {
  time: /^(time|timestamp|date|t$|时间|日期)/i,
  machine: /^(machine|equipment|device|设备|机号)/i,
  value: /^(value|值$|数值)/i,
  signal: /^(signal|信号|测点)/i,
  unit: /^(unit|单位)/i,
  quality: /^(quality|质量)/i,
};

/** The likeliest reading of a file with these headers; our own exports are read as they are. Pure. */
export function guessMapping(columns: readonly string[]): Mapping {
  const like = (pattern: RegExp) => columns.find((one) => pattern.test(one)) ?? "";
  const value = like(usual.value);
  return {
    time: like(usual.time) || (columns[0] ?? ""),
    zone: "",
    machine: like(usual.machine),
    machineId: "",
    shape: value === "" ? "wide" : "long",
    value,
    signal: like(usual.signal),
    signalName: "",
    unit: like(usual.unit),
    quality: like(usual.quality),
    wide: {},
  };
}

/** Columns that may hold a signal each. Pure. */
export const freeColumns = (
  columns: readonly string[],
  { time, machine }: Pick<Mapping, "time" | "machine">,
): string[] => [...new Set(columns)].filter((one) => one !== time && one !== machine);

interface KnownSignal {
  readonly name: string;
  readonly title: Readonly<Record<string, string>>;
}

/** Which signal each free column holds: what was said, else the known signal of that name or title. Pure. */
export function wideOf(
  columns: readonly string[],
  mapping: Mapping,
  known: readonly KnownSignal[],
): Readonly<Record<string, string>> {
  const signals = new Map(
    known.flatMap(({ name, title }) =>
      [name, ...Object.values(title)].map((word) => [word.toLowerCase(), name] as const),
    ),
  );
  return Object.fromEntries(
    freeColumns(columns, mapping).map((column) => {
      const said = mapping.wide[column];
      return [column, said ?? signals.get(column.trim().toLowerCase()) ?? ""];
    }),
  );
}

/** The query of an import; undefined while it does not say enough. Pure. */
export function queryOf(mapping: Mapping, mode: "preview" | "import"): string | undefined {
  const { time, zone, machine, machineId, shape, wide } = mapping;
  if (time === "" || (machine === "" && machineId === "")) return undefined;
  const query = new URLSearchParams({ mode, time });
  const say = (name: string, value: string) => {
    if (value !== "") query.set(name, value);
  };
  say("zone", zone);
  say(machine === "" ? "machineId" : "machine", machine === "" ? machineId : machine);
  if (shape === "wide") {
    for (const [column, signal] of Object.entries(wide))
      if (signal !== "") query.append("wide", `${column}=${signal}`);
    return query.has("wide") ? query.toString() : undefined;
  }
  const { value, signal, signalName, unit, quality } = mapping;
  if (value === "" || (signal === "" && signalName === "")) return undefined;
  query.set("value", value);
  say(signal === "" ? "signalName" : "signal", signal === "" ? signalName : signal);
  say("unit", unit);
  say("quality", quality);
  return query.toString();
}
