import { createHash } from "node:crypto";
import { createDictionary, type SignalDefinition } from "@firebreak/wire/signal-dictionary.ts";
import { type ElementField, elementNames, shapeOf } from "./elements.ts";
import type { Equipment, EquipmentHeader } from "./fleet-document.ts";

/** Stands where the machines of gateways name their plan. */
export const aempPlan = "iso15143-3";
const gatewayPrefix = `${aempPlan}:`;

/** Stands where the machines of gateways name their gateway. */
export const aempGatewayId = (sourceId: string): string => `${gatewayPrefix}${sourceId}`;
/** The source that a machine is read from; undefined for one that has a gateway. */
export const sourceIdOf = (gatewayId: string | null): string | undefined =>
  gatewayId?.startsWith(gatewayPrefix) ? gatewayId.slice(gatewayPrefix.length) : undefined;

const storedFields: readonly (ElementField & {
  readonly signal: string;
  readonly element: string;
})[] = elementNames.flatMap((element) =>
  shapeOf(element).fields.flatMap((field) =>
    field.kind !== "text" && field.signal !== undefined
      ? [{ ...field, signal: field.signal, element }]
      : [],
  ),
);

/** The same for every machine of every source. */
export const aempDictionary = createDictionary(
  aempPlan,
  storedFields.map(
    (field): SignalDefinition => ({
      name: field.signal,
      unit: field.kind === "number" ? field.unit : "state",
      scale: 1,
      offset: 0,
    }),
  ),
);
export const aempSignals: readonly string[] = storedFields.map(({ signal }) => signal);

export interface AempSample {
  /** Index into the dictionary's signals. */
  readonly signal: number;
  readonly timeMs: number;
  readonly value: number;
}

/** What a machine's points say, in no order. */
export const samplesOf = ({ points }: Equipment): readonly AempSample[] =>
  points.flatMap(({ element, timeMs, values }) =>
    storedFields.flatMap((field, signal) => {
      const value = field.element === element ? values[field.name] : undefined;
      if (value === undefined || typeof value === "string") return [];
      return [{ signal, timeMs, value: Number(value) }];
    }),
  );

/**
 * The id here of a machine there: the source's id before its PIN, serial number or equipment id, so that no other server
 * can speak for a machine of ours or of another source. Undefined for one that has none of the three.
 */
export function machineIdOf(sourceId: string, header: EquipmentHeader): string | undefined {
  const key = header.pin ?? header.serialNumber ?? header.equipmentId;
  if (key === undefined) return undefined;
  const id = `${sourceId}:${key.toWellFormed().replace(/[%+/#]/g, encodeURIComponent)}`;
  if (Buffer.byteLength(id) <= 128) return id;
  const hash = createHash("sha256").update(key).digest("hex").slice(0, 32);
  return `${sourceId}:${hash}`;
}
