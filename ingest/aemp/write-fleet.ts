import { type ElementField, type ElementName, shapeOf } from "./elements.ts";
import type { Equipment, EquipmentHeader, FleetDocument, Point } from "./fleet-document.ts";

const aempNamespace = "http://standards.iso.org/iso/15143/-3";

/** A value as it is written; `undefined` is left out, never written as zero. */
type Written = string | undefined;
type Pairs = readonly (readonly [name: string, value: string])[];

/** UTC, without fractions where there are none. */
export const instantOf = (ms: number): string => new Date(ms).toISOString().replace(".000Z", "Z");

const headerPairs = (header: EquipmentHeader): Pairs => {
  const { unitInstallMs, oemName, model, equipmentId, serialNumber, pin } = header;
  const all: readonly (readonly [string, Written])[] = [
    ["UnitInstallDateTime", unitInstallMs === undefined ? undefined : instantOf(unitInstallMs)],
    ["OEMName", oemName],
    ["Model", model],
    ["EquipmentID", equipmentId],
    ["SerialNumber", serialNumber],
    ["PIN", pin],
  ];
  return all.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
};

/** The fields of a point in the standard's order; a unit stands with its number or not at all. */
function pointPairs({ element, values }: Point): Pairs {
  return shapeOf(element).fields.flatMap((field): Pairs => {
    const value = values[field.name];
    if (value === undefined) return [];
    const pair = [field.name, wordOf(field, value)] as const;
    if (field.kind !== "number" || field.unitField === undefined) return [pair];
    const { unitField } = field;
    const unit = [unitField.names[0] ?? "", unitField.word] as const;
    // Altitude is followed by its unit; everywhere else the unit comes first.
    return field.name === "Altitude" ? [pair, unit] : [unit, pair];
  });
}

const wordOf = (field: ElementField, value: Point["values"][string]): string =>
  field.kind === "number" && typeof value === "number"
    ? value.toFixed(field.decimals)
    : String(value);

/** A page as XML. @see ISO 15143-3: elements, order and units as in `elements` */
export function toXml({ version, snapshotMs, links, equipment }: FleetDocument): string {
  const time = snapshotMs === undefined ? "" : ` snapshotTime="${instantOf(snapshotMs)}"`;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<Fleet xmlns="${aempNamespace}" version="${escapeXml(version)}"${time}>`,
    ...links.map(
      ({ rel, href }) =>
        `  <Links>${tags([
          ["rel", rel],
          ["href", href],
        ])}</Links>`,
    ),
    ...equipment.flatMap(equipmentLines),
    "</Fleet>",
  ];
  return `${lines.join("\n")}\n`;
}

const equipmentLines = ({ header, points }: Equipment): string[] => [
  "  <Equipment>",
  `    <EquipmentHeader>${tags(headerPairs(header))}</EquipmentHeader>`,
  ...points.map(
    (point) =>
      `    <${point.element} datetime="${instantOf(point.timeMs)}">${tags(pointPairs(point))}</${point.element}>`,
  ),
  "  </Equipment>",
];

const tags = (pairs: Pairs): string =>
  pairs.map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`).join("");

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Without characters that XML 1.0 does not know. */
const escapeXml = (text: string): string =>
  text
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are not allowed
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, "")
    .replace(/[&<>"']/g, (sign) => escapes[sign] ?? "");

/** The same page for JSON: names as in XML, numbers and truth as such, an element that comes again as a list. */
export function toJson({ version, snapshotMs, links, equipment }: FleetDocument) {
  return {
    version,
    ...(snapshotMs === undefined ? {} : { snapshotTime: instantOf(snapshotMs) }),
    Links: links.map(({ rel, href }) => ({ rel, href })),
    Equipment: equipment.map(({ header, points }) => ({
      EquipmentHeader: Object.fromEntries(headerPairs(header)),
      ...Object.fromEntries(groups(points)),
    })),
  };
}

function groups(points: readonly Point[]): [ElementName, unknown][] {
  const byElement = new Map<ElementName, unknown[]>();
  for (const point of points) {
    const entries = pointPairs(point).map(([name, word]) => {
      const value = point.values[name];
      return [name, typeof value === "number" ? Number(word) : (value ?? word)];
    });
    const one = { datetime: instantOf(point.timeMs), ...Object.fromEntries(entries) };
    byElement.set(point.element, [...(byElement.get(point.element) ?? []), one]);
  }
  return [...byElement].map(([name, list]) => [name, list.length === 1 ? list[0] : list]);
}
