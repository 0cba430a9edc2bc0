import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { isCounted } from "@firebreak/plans/sampling.ts";
import { CanNetwork } from "./can/can-network.ts";
import type { CanNode } from "./can/can-node.ts";
import type { CyclicMessage } from "./can/cycle-table.ts";
import { PlainSender } from "./can/plain-sender.ts";
import { CanopenNode } from "./canopen/canopen-node.ts";
import { NmtMaster } from "./canopen/nmt-master.ts";
import { mannerOf } from "./j1939/group-defaults.ts";
import { J1939Node } from "./j1939/j1939-node.ts";
import { nameOfUnit } from "./j1939/name.ts";
import type { UnitGroup, UnitTexts } from "./j1939/unit-plan.ts";
import {
  type CanSignal,
  canSignalsOf,
  messageOf,
  nodeBusOf,
  speaksCanopen,
  tpdoOf,
} from "./plan-messages.ts";

export interface NetworkOptions {
  readonly machineId: string;
  /** What NAMEs and phases are drawn from; by default the machine's id. */
  readonly seed?: string;
  /** Nobody can ask on these buses, so what is otherwise only sent on request is sent by itself. */
  readonly isOneWay?: boolean;
  /** No message more often than this; for recordings of months. */
  readonly shortestPeriodMs?: number;
  /** Addresses of control units that tell trouble codes, beside those of which the plan has signals. */
  readonly controlUnits?: readonly number[];
  /** Of every bus, bit/s. */
  readonly bitRate?: number;
}

/** Engineering defaults: event timers of TPDO 1 to 4, and of messages known by their identifier alone. */
const tpdoPeriodMs: Readonly<Record<number, number>> = { 1: 100, 2: 200, 3: 200, 4: 1_000 };
const plainPeriodMs = 100;
const bytesOfGroup = 8;
const allOnes = 0xff;

/** The CAN networks of a machine as its plan has them, each with its nodes; sorted by the names of their buses. */
export function createNetworks(plan: Plan, options: NetworkOptions): CanNetwork[] {
  const signals = canSignalsOf(plan.acquisition);
  const units = unitsOf(plan, signals, options);
  const buses = new Set([
    ...signals.map(({ bus }) => bus),
    ...units.map(({ bus }) => bus),
    ...nodeSignalsOf(plan).map(({ bus }) => bus),
  ]);
  return [...buses].sort().map((bus) => {
    const nodes: CanNode[] = [
      ...units.filter((unit) => unit.bus === bus).map(({ node }) => node),
      ...nodesByIdentifier(plan, bus, signals, options),
    ];
    const { bitRate } = options;
    return new CanNetwork({ bus, nodes, ...(bitRate === undefined ? {} : { bitRate }) });
  });
}

const seedOf = ({ machineId, seed }: NetworkOptions): string => seed ?? machineId;

const periodOf = (periodMs: number, { shortestPeriodMs = 0 }: NetworkOptions): number =>
  Math.max(periodMs, shortestPeriodMs);

/** The control units that speak J1939: one per bus and source address. */
function unitsOf(
  plan: Plan,
  signals: readonly CanSignal[],
  options: NetworkOptions,
): { readonly bus: string; readonly node: J1939Node }[] {
  const groups = signals.flatMap((one) =>
    one.home.kind === "group" ? [{ ...one, pgn: one.home.pgn, sa: one.home.sa }] : [],
  );
  const addresses = groups.flatMap(({ sa }) => sa ?? []);
  const first = Math.min(...addresses, ...(addresses.length === 0 ? [0] : []));
  // What the plan takes from anybody comes from who sends that group anyhow, else from the first unit.
  const senderOf = (pgn: number) =>
    groups.find((one) => one.pgn === pgn && one.sa !== undefined)?.sa;
  const sent = groups.map((one) => ({ ...one, sa: one.sa ?? senderOf(one.pgn) ?? first }));
  const mainBus = sent[0]?.bus ?? nodeBusOf(plan.acquisition);
  const further = (options.controlUnits ?? []).filter((sa) => !sent.some((one) => one.sa === sa));
  const byUnit = Map.groupBy(sent, ({ bus, sa }) => `${bus} ${sa}`);
  const made = [...byUnit.values()].flatMap((ofUnit) => {
    const [one] = ofUnit;
    return one
      ? [{ bus: one.bus, node: unitOf(plan, one.sa, groupsOf(plan, ofUnit, options), options) }]
      : [];
  });
  const silent = further.map((sa) => ({ bus: mainBus, node: unitOf(plan, sa, [], options) }));
  return [...made, ...silent];
}

function unitOf(
  plan: Plan,
  sa: number,
  groups: readonly UnitGroup[],
  options: NetworkOptions,
): J1939Node {
  const seed = seedOf(options);
  const name = nameOfUnit(seed, sa);
  return new J1939Node({ unit: { sa, groups }, name, texts: textsOf(plan, sa, options), seed });
}

function groupsOf(
  { acquisition }: Plan,
  signals: readonly (CanSignal & { readonly pgn: number })[],
  options: NetworkOptions,
): UnitGroup[] {
  const asked = new Set((acquisition.j1939?.requests?.groups ?? []).map(({ pgn }) => pgn));
  return [...Map.groupBy(signals, ({ pgn }) => pgn)].map(([pgn, ofGroup]) => {
    const isOfCounters = ofGroup.every(({ plan }) => isCounted(plan.sampling));
    const {
      periodMs,
      priority,
      bytes = bytesOfGroup,
      isOnRequest = false,
    } = mannerOf(pgn, isOfCounters);
    return {
      pgn,
      priority,
      periodMs: periodOf(periodMs, options),
      // Many engines send these unasked; where a plan asks, this one does not.
      isOnRequest: isOnRequest && asked.has(pgn) && options.isOneWay !== true,
      message: messageOf(ofGroup, bytes, allOnes),
    };
  });
}

/** Made up; nothing of it names a real machine or maker's part. */
function textsOf({ acquisition }: Plan, sa: number, options: NetworkOptions): UnitTexts {
  const { machineId } = options;
  const [model = ""] = acquisition.models;
  const { identity } = nameOfUnit(seedOf(options), sa);
  const isEngine = sa === 0;
  return {
    component: [acquisition.maker, model, machineId, String(sa)],
    software: ["FB-SIM 1.0"],
    ecu: [`FB-ECU-${sa}`, String(identity), "", ""],
    ...(isEngine ? { vin: `FBSIM${machineId}`.slice(0, 17) } : {}),
  };
}

function nodeSignalsOf({
  acquisition,
}: Plan): { bus: string; node: number; name: string; isState: boolean }[] {
  return Object.entries(acquisition.signals).flatMap(([name, { canopen }]) =>
    canopen === undefined
      ? []
      : [
          {
            bus: canopen.bus ?? nodeBusOf(acquisition),
            node: canopen.node,
            name,
            isState: canopen.says === "state",
          },
        ],
  );
}

/** Who sends what is known by its identifier: CANopen nodes with their master, and somebody for all the rest. */
function nodesByIdentifier(
  plan: Plan,
  bus: string,
  signals: readonly CanSignal[],
  options: NetworkOptions,
): CanNode[] {
  const isCanopen = speaksCanopen(plan.acquisition, bus);
  const messages = messagesByIdentifier(
    signals.filter((one) => one.bus === bus),
    isCanopen,
    options,
  );
  const plain = messages.filter(({ node }) => node === undefined);
  const states = nodeSignalsOf(plan).filter((one) => one.bus === bus);
  const numbers = new Set([...messages, ...states].flatMap(({ node }) => node ?? []));
  const seed = seedOf(options);
  const nodes = [...numbers]
    .sort((a, b) => a - b)
    .map((node): CanNode => {
      const state = states.find((one) => one.node === node && one.isState);
      const tpdos = messages.filter((one) => one.node === node);
      const stateSignal = state === undefined ? {} : { stateSignal: state.name };
      return new CanopenNode({ node, tpdos, seed, ...stateSignal });
    });
  return [
    ...nodes,
    ...(nodes.length > 0 ? [new NmtMaster()] : []),
    ...(plain.length > 0 ? [new PlainSender(plain, seed)] : []),
  ];
}

function messagesByIdentifier(
  signals: readonly CanSignal[],
  isCanopen: boolean,
  options: NetworkOptions,
): (CyclicMessage & { readonly node?: number })[] {
  const known = signals.flatMap((one) =>
    one.home.kind === "identifier" ? [{ ...one, ...one.home }] : [],
  );
  return [
    ...Map.groupBy(known, ({ canId, isExtended }) => `${canId} ${isExtended}`).values(),
  ].flatMap((ofMessage) => {
    const [one] = ofMessage;
    if (one === undefined) return [];
    const { canId, isExtended } = one;
    const tpdo = isCanopen && !isExtended ? tpdoOf(canId) : undefined;
    const periodMs =
      tpdo === undefined ? plainPeriodMs : (tpdoPeriodMs[tpdo.number] ?? plainPeriodMs);
    return [
      {
        idBase: canId,
        isExtended,
        periodMs: periodOf(periodMs, options),
        message: messageOf(ofMessage, 0, 0),
        ...(tpdo === undefined ? {} : { node: tpdo.node }),
      },
    ];
  });
}
