import type { Static } from "typebox";
import type { Adjusted } from "../import-schema.ts";
import type { Signal } from "../plan-schema.ts";
import { Units } from "../signal-words.ts";
import type { FileMistake } from "./dbc-tokens.ts";

type Unit = Signal["unit"];

/** A signal as a file describes it, before the plan has its say. */
export interface ImportedSignal {
  /** As the file names it, and its message or list. */
  readonly name: string;
  readonly owner: string;
  /** 1-based. */
  readonly line: number;
  /** As the file writes it. */
  readonly unit: string;
  readonly title: string;
  readonly scale: number;
  readonly offset: number;
  readonly range: readonly [number, number];
  /** Document and place the facts come from, behind the name of the file. */
  readonly source: string;
  readonly place: Pick<Signal, "j1939" | "can">;
}

interface Adjustments {
  readonly prefix?: string;
  readonly sampling?: Signal["sampling"];
  readonly signals?: Readonly<Record<string, Static<typeof Adjusted>>>;
  readonly units: ReadonlyMap<string, Unit>;
}

/** How makers write the units that we know; keys in lower case. */
const aliases: Readonly<Record<string, Unit>> = {
  "": "count",
  degc: "°C",
  "deg c": "°C",
  c: "°C",
  celsius: "°C",
  deg: "deg",
  "°": "deg",
  degree: "deg",
  degrees: "deg",
  "u/min": "rpm",
  percent: "%",
  kph: "km/h",
  kmph: "km/h",
  l: "L",
  "l/h": "L/h",
  liter: "L",
  litre: "L",
  hours: "h",
  hr: "h",
  sec: "s",
  msec: "ms",
  volt: "V",
  ampere: "A",
  amp: "A",
  "m³": "m3",
  "m^3": "m3",
  "m³/h": "m3/h",
  bit: "state",
  enum: "state",
};

/** The plan's words for units go before ours. */
export function unitsOf(own: Readonly<Record<string, Unit>> = {}): ReadonlyMap<string, Unit> {
  const units = new Map<string, Unit>(Object.entries(aliases));
  for (const unit of Units) units.set(unit.toLowerCase(), unit);
  for (const [name, unit] of Object.entries(own)) units.set(name.toLowerCase(), unit);
  return units;
}

/** Makes plan signals of imported ones: only the wanted, under their names, with what the plan says otherwise. */
export function adjusted(
  imported: readonly ImportedSignal[],
  adjustments: Adjustments,
  file: string,
): { signals: { name: string; signal: Signal }[]; mistakes: FileMistake[] } {
  const { signals: wanted } = adjustments;
  const signals: { name: string; signal: Signal }[] = [];
  const mistakes: FileMistake[] = [];
  const taken = new Set<string>();
  const found = new Set<string>();
  for (const one of imported) {
    const key = [`${one.owner}.${one.name}`, one.name].find(
      (name) => wanted && Object.hasOwn(wanted, name),
    );
    if (wanted && key === undefined) continue;
    if (key !== undefined) found.add(key);
    const changes = (key === undefined ? undefined : wanted?.[key]) ?? {};
    const unit = changes.unit ?? adjustments.units.get(one.unit.trim().toLowerCase());
    if (unit === undefined) {
      const message = `"${one.name}" has the unit "${one.unit}"; give the import units: { "${one.unit}": … }, one of ${Units.join(", ")}`;
      mistakes.push({ line: one.line, message });
      continue;
    }
    const name = freeName(changes.as ?? nameOf(one.name, adjustments.prefix), one, taken);
    taken.add(name);
    signals.push({ name, signal: signalOf(one, { unit, ...changes }, adjustments.sampling, file) });
  }
  for (const name of Object.keys(wanted ?? {}))
    if (!found.has(name)) mistakes.push({ line: 1, message: `there is no signal "${name}" in it` });
  return { signals, mistakes };
}

function signalOf(
  { title, scale, offset, range, source, place }: ImportedSignal,
  { as: _, ...changes }: Static<typeof Adjusted> & { readonly unit: Unit },
  sampling: Signal["sampling"] = "every",
  file: string,
): Signal {
  return {
    title: { en: title, "zh-CN": title },
    scale,
    offset,
    range: [...range],
    sampling,
    source: `${file}, ${source}`,
    ...place,
    ...changes,
  };
}

/** `SPN190_Engine_Speed` → `spn190EngineSpeed`. */
function nameOf(text: string, prefix = ""): string {
  const words = text.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const joined = words
    .map((word, at) => (at === 0 && prefix === "" ? lowered(word) : raised(word)))
    .join("");
  return /^[a-z]/.test(prefix + joined) ? prefix + joined : `signal${raised(joined)}`;
}

/** `DM1Lamp` → `dm1Lamp`, `EngSpeed` → `engSpeed`. */
const lowered = (word: string): string =>
  word.replace(/^[A-Z]+(?=[A-Z][a-z]|[^A-Za-z]|$)|^[A-Z]/, (start) => start.toLowerCase());
const raised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** Two signals of one name in two messages: the second one is named for its message too. */
function freeName(name: string, { owner }: ImportedSignal, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  const withOwner = name + raised(nameOf(owner));
  if (!taken.has(withOwner)) return withOwner;
  for (let count = 2; ; count++)
    if (!taken.has(`${withOwner}${count}`)) return `${withOwner}${count}`;
}
