import { CodedError } from "@firebreak/kit/coded-error.ts";
import { convertUnit } from "@firebreak/plans/convert-unit.ts";
import { earliestMs } from "../iso-ns.ts";
import { childrenOf, type DocumentNode, fieldOf } from "./document-node.ts";
import {
  type ElementField,
  type ElementName,
  elementOf,
  type NumberField,
  shapeOf,
} from "./elements.ts";
import type {
  Equipment,
  EquipmentHeader,
  Link,
  Point,
  PointValue,
  ReadFleet,
} from "./fleet-document.ts";
import { parseDocument } from "./parse-document.ts";

const maxEquipment = 10_000;
/** Words that makers write where they know nothing. */
const nothings = new Set([
  "missing",
  "n/a",
  "na",
  "none",
  "null",
  "unknown",
  "undefined",
  "-",
  "--",
]);

/**
 * A page of a snapshot or a time series, of any maker seen so far: any namespace and case, times as attribute or child,
 * units as child or attribute or left out, JSON with the same names. What cannot be used is left out and counted by its
 * reason. @throws CodedError AEMP_DOCUMENT
 */
export function readFleet(text: string): ReadFleet {
  const fleet = fleetOf(parseDocument(text));
  const nodes = childrenOf(fleet, "Equipment");
  if (nodes.length > maxEquipment) throw refusedFleet();
  const skipped = new Map<string, number>();
  const skip: Skip = (reason) => void skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
  const equipment = nodes.map((node) => readEquipment(node, skip));
  const snapshotMs = timeOf(fieldOf(fleet, "snapshotTime"));
  return {
    version: fieldOf(fleet, "version") ?? "",
    ...(snapshotMs === undefined ? {} : { snapshotMs }),
    links: childrenOf(fleet, "Links").flatMap(readLink),
    equipment,
    skipped,
  };
}

type Skip = (reason: string) => void;

const refusedFleet = () =>
  new CodedError(
    "AEMP_DOCUMENT",
    `the document is refused: more than ${maxEquipment} machines on one page`,
  );

/** XML has it as root; in JSON it may be the whole or stand below one name. */
function fleetOf(root: DocumentNode): DocumentNode {
  const candidates = [root, ...root.children, ...root.children.flatMap(({ children }) => children)];
  const found = candidates.find(
    (node) => node.name === "fleet" || childrenOf(node, "Equipment").length > 0,
  );
  // A single machine may come without a fleet around it.
  if (root.name === "equipment" && found === undefined)
    return { name: "fleet", text: "", attributes: new Map(), children: [root] };
  if (found) return found;
  throw new CodedError("AEMP_DOCUMENT", "the document holds no fleet");
}

const readLink = (node: DocumentNode): Link[] => {
  const rel = fieldOf(node, "rel")?.toLowerCase();
  const href = fieldOf(node, "href");
  return rel === undefined || href === undefined ? [] : [{ rel, href }];
};

function readEquipment(node: DocumentNode, skip: Skip): Equipment {
  const [header] = childrenOf(node, "EquipmentHeader");
  const points = node.children.flatMap((child) => {
    if (child.name === "equipmentheader") return [];
    const element = elementOf(child.name);
    if (element === undefined) {
      skip(`${child.name.slice(0, 60)}: not an element of ISO 15143-3 that is known`);
      return [];
    }
    return readPoint(element, child, skip);
  });
  return { header: readHeader(header ?? node), points };
}

function readHeader(node: DocumentNode): EquipmentHeader {
  const word = (name: string): string | undefined => {
    const text = fieldOf(node, name);
    if (text === undefined || text.length > 200 || /\p{Cc}/u.test(text)) return undefined;
    return nothings.has(text.toLowerCase()) ? undefined : text;
  };
  const found: Record<string, string | number | undefined> = {
    unitInstallMs: timeOf(fieldOf(node, "UnitInstallDateTime")),
    oemName: word("OEMName") ?? word("Make"),
    model: word("Model"),
    equipmentId: word("EquipmentID"),
    serialNumber: word("SerialNumber"),
    pin: word("PIN"),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

function readPoint(element: ElementName, node: DocumentNode, skip: Skip): Point[] {
  const timeMs = timeOf(fieldOf(node, "datetime"));
  if (timeMs === undefined) {
    skip(`${element}: no time that can be`);
    return [];
  }
  const values: Record<string, PointValue> = {};
  for (const field of shapeOf(element).fields) {
    const text = fieldOf(node, field.name);
    if (text === undefined || nothings.has(text.toLowerCase())) continue;
    const value = readField(field, text, node);
    if (typeof value === "object") skip(`${element}: ${value.problem}`);
    else values[field.name] = value;
  }
  return Object.keys(values).length > 0 ? [{ element, timeMs, values }] : [];
}

function readField(
  field: ElementField,
  text: string,
  node: DocumentNode,
): PointValue | { readonly problem: string } {
  if (field.kind === "text") return text;
  if (field.kind === "flag") {
    if (/^(true|1|on|yes|running)$/i.test(text)) return true;
    if (/^(false|0|off|no|stopped|not running)$/i.test(text)) return false;
    return { problem: `${field.name} is neither true nor false` };
  }
  return readNumber(field, text, node);
}

function readNumber(
  { name, unit, unitField, range: [min, max] }: NumberField,
  text: string,
  node: DocumentNode,
): number | { readonly problem: string } {
  if (!/^[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,3})?$/.test(text))
    return { problem: `${name} is no number` };
  const said = (unitField?.names ?? []).map((one) => fieldOf(node, one)).find((one) => one);
  const [child] = childrenOf(node, name);
  const word = said ?? (child && (fieldOf(child, "unit") ?? fieldOf(child, "units"))) ?? unit;
  const value = convertUnit(Number(text), word, unit);
  if (value === undefined) return { problem: `${name} is in a unit that is not known` };
  return value >= min && value <= max ? value : { problem: `${name} is out of range` };
}

const moment =
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d\d:?\d\d)?$/i;

/** Milliseconds; a time without a zone is UTC, as the standard has it. Undefined for what is none, or before 2000. */
export function timeOf(text: string | undefined): number | undefined {
  const [, year, month, day, hour, minute, second = "00", fraction = "", zone = "Z"] =
    moment.exec(text ?? "") ?? [];
  if (year === undefined) return undefined;
  const ms = fraction.padEnd(3, "0").slice(0, 3);
  const offset = zone.toUpperCase() === "Z" ? "Z" : `${zone.slice(0, 3)}:${zone.slice(-2)}`;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}${offset}`);
  return Number.isFinite(time) && time >= earliestMs ? time : undefined;
}
