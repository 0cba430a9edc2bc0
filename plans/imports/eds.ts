import type { FileMistake } from "./dbc-tokens.ts";

/** One field of a process data object, as it lies in its frame. */
export interface PdoSignal {
  readonly name: string;
  /** Line of the entry that maps it, from 1. */
  readonly line: number;
  /** Object dictionary address. */
  readonly index: number;
  readonly subIndex: number;
  readonly startBit: number;
  readonly bits: number;
  readonly isSigned: boolean;
  readonly isFloat: boolean;
}

/** A process data object that the device sends. */
export interface Pdo {
  /** 1-based, as in TPDO1. */
  readonly number: number;
  readonly canId: number;
  readonly isExtended: boolean;
  readonly signals: readonly PdoSignal[];
}

export interface Eds {
  readonly product: string;
  readonly pdos: readonly Pdo[];
}

interface Section {
  readonly line: number;
  readonly entries: Map<string, { readonly value: string; readonly line: number }>;
}

const mostMistakes = 100;
const mostPdos = 512;
const mostMapped = 64;
/** A mapping to one of the data types themselves is a gap. */
const firstRealIndex = 0x20;
const notSent = 0x80000000;
const extendedFrame = 0x20000000;

/** Data types of numbers. @see CiA 301, object dictionary data types */
const unsignedTypes = [0x01, 0x05, 0x06, 0x07, 0x16, 0x18, 0x19, 0x1a, 0x1b];
const signedTypes = [0x02, 0x03, 0x04, 0x10, 0x12, 0x13, 0x14, 0x15];
const floatTypes = [0x08, 0x11];

function typeOf(
  type: number,
): { readonly isSigned: boolean; readonly isFloat: boolean } | undefined {
  if (unsignedTypes.includes(type)) return { isSigned: false, isFloat: false };
  if (signedTypes.includes(type)) return { isSigned: true, isFloat: false };
  return floatTypes.includes(type) ? { isSigned: false, isFloat: true } : undefined;
}

/**
 * Reads an EDS or DCF (CiA 306) of the CANopen node `node`: the process data objects that it sends, as they are mapped
 * by default. Every mistake is told with its line, at most a hundred of them. Never throws.
 */
export function parseEds(
  text: string,
  node: number,
): { readonly eds: Eds } | { readonly mistakes: readonly FileMistake[] } {
  const mistakes: FileMistake[] = [];
  const sections = sectionsOf(text, mistakes);
  const pdos: Pdo[] = [];
  for (let at = 0; at < mostPdos && mistakes.length < mostMistakes; at++) {
    const pdo = pdoOf(sections, at, { node, mistakes });
    if (pdo) pdos.push(pdo);
  }
  if (pdos.length === 0 && mistakes.length === 0)
    mistakes.push({
      line: 1,
      message: "no process data object that the device sends (1800, 1A00)",
    });
  if (mistakes.length > 0) return { mistakes: mistakes.slice(0, mostMistakes) };
  const product = sections.get("deviceinfo")?.entries.get("productname")?.value ?? "";
  return { eds: { product, pdos } };
}

function sectionsOf(text: string, mistakes: FileMistake[]): Map<string, Section> {
  const sections = new Map<string, Section>();
  let open: Section | undefined;
  for (const [at, raw] of text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .entries()) {
    const content = raw.trim();
    const line = at + 1;
    if (content === "" || content.startsWith(";")) continue;
    if (mistakes.length >= mostMistakes) break;
    if (content.startsWith("[")) {
      open = { line, entries: new Map() };
      if (!content.endsWith("]")) mistakes.push({ line, message: "a section ends with ]" });
      sections.set(content.slice(1, -1).trim().toLowerCase(), open);
      continue;
    }
    const equals = content.indexOf("=");
    if (equals < 1) mistakes.push({ line, message: "here should be a [section] or name=value" });
    else if (open === undefined) mistakes.push({ line, message: "a value stands in no [section]" });
    else {
      const key = content.slice(0, equals).trim().toLowerCase();
      open.entries.set(key, { value: content.slice(equals + 1).trim(), line });
    }
  }
  return sections;
}

interface Place {
  readonly node: number;
  readonly mistakes: FileMistake[];
}

function pdoOf(sections: Map<string, Section>, at: number, place: Place): Pdo | undefined {
  const cobId = valueAt(sections, 0x1800 + at, 1, place);
  if (cobId === undefined || cobId.value >= notSent) return undefined;
  const isExtended = Math.floor(cobId.value / extendedFrame) % 2 === 1;
  const canId = cobId.value & (isExtended ? 0x1fffffff : 0x7ff);
  const count = valueAt(sections, 0x1a00 + at, 0, place);
  if (count === undefined || count.value === 0) return undefined;
  const signals: PdoSignal[] = [];
  let startBit = 0;
  for (let sub = 1; sub <= Math.min(count.value, mostMapped); sub++) {
    const mapping = valueAt(sections, 0x1a00 + at, sub, place);
    if (mapping === undefined) {
      const message = `TPDO${at + 1} maps ${count.value} objects, but [${hex(0x1a00 + at)}sub${sub.toString(16)}] is not there`;
      place.mistakes.push({ line: count.line, message });
      break;
    }
    const bits = mapping.value & 0xff;
    const signal = mappedSignal(sections, mapping, { startBit, bits }, place);
    if (signal) signals.push(signal);
    startBit += bits;
  }
  return { number: at + 1, canId, isExtended, signals };
}

function mappedSignal(
  sections: Map<string, Section>,
  { value, line }: { readonly value: number; readonly line: number },
  { startBit, bits }: { readonly startBit: number; readonly bits: number },
  { mistakes }: Place,
): PdoSignal | undefined {
  const index = Math.floor(value / 0x10000) & 0xffff;
  const subIndex = (value >>> 8) & 0xff;
  if (index < firstRealIndex) return undefined;
  const refuse = (message: string) => {
    mistakes.push({ line, message });
    return undefined;
  };
  const address = `${hex(index)}sub${subIndex.toString(16)}`;
  const object = sections.get(address.toLowerCase()) ?? sections.get(hex(index).toLowerCase());
  if (object === undefined) return refuse(`object [${address}] is mapped and not described`);
  if (bits < 1 || bits > 64) return refuse(`object [${address}] is mapped with ${bits} bits`);
  const stated = object.entries.get("datatype");
  const type = typeOf(Number(stated?.value ?? Number.NaN));
  // Texts and domains are no numbers; the frame has them, a signal cannot.
  if (type === undefined) return stated ? undefined : refuse(`object [${address}] has no DataType`);
  if (type.isFloat && bits !== 32 && bits !== 64)
    return refuse(`object [${address}] is a float and mapped with ${bits} bits`);
  const name = object.entries.get("parametername")?.value || `Object ${address}`;
  return { name, line, index, subIndex, startBit, bits, ...type };
}

/** The value of an object, of a DCF the configured one; undefined where it is not there or is no number. */
function valueAt(
  sections: Map<string, Section>,
  index: number,
  subIndex: number,
  { node, mistakes }: Place,
): { readonly value: number; readonly line: number } | undefined {
  const section = sections.get(`${hex(index)}sub${subIndex.toString(16)}`.toLowerCase());
  const entry = section?.entries.get("parametervalue") ?? section?.entries.get("defaultvalue");
  if (entry === undefined || entry.value === "") return undefined;
  const value = numberOf(entry.value, node);
  if (value !== undefined) return { value, line: entry.line };
  mistakes.push({ line: entry.line, message: `"${entry.value.slice(0, 40)}" is no number` });
  return undefined;
}

/** Decimal, 0x…, or a sum with $NODEID. */
function numberOf(text: string, node: number): number | undefined {
  let sum = 0;
  for (const part of text.split("+")) {
    const term = part.trim();
    const value = term.toUpperCase() === "$NODEID" ? node : Number(term);
    if (term === "" || !Number.isSafeInteger(value) || value < 0) return undefined;
    sum += value;
  }
  return sum <= 0xffffffff ? sum : undefined;
}

const hex = (index: number): string => index.toString(16).toUpperCase().padStart(4, "0");
