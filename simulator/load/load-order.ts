import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import type { LinkEvent, LoadFigures } from "./load-figures.ts";

/** By what right the gateways of a load come in. */
export interface LoadAccess {
  /** The only authority whose hub is trusted, PEM; absent: the public ones. */
  readonly ca?: string;
  /** Of all of them; absent: they have certificates. */
  readonly password?: string;
  /** Default: each its own id. */
  readonly username?: string;
  /** By the gateway's number, PEM. */
  readonly certificates?: readonly LoadCertificate[];
}

export interface LoadCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** What each machine of a load sends. */
export interface LoadData {
  /** The first so many of the pump truck's plan. */
  readonly signals: number;
  readonly samplesPerBatch: number;
  readonly batchEveryMs: number;
}

/** A fleet as it is to be driven. */
export interface LoadOrder {
  /** First part of all ids, so that two loads at one hub are two fleets. */
  readonly name: string;
  /** Addresses of the hub, mqtt(s)://host:port; the processes share them out. */
  readonly urls: readonly string[];
  readonly access: LoadAccess;
  readonly gateways: number;
  readonly processes: number;
  /** Over how long the gateways are switched on, evenly, ms. */
  readonly rampMs: number;
  /** Absent: they are connected, and send nothing. */
  readonly data?: LoadData;
  /** Bound of what one gateway keeps in memory while it is not acknowledged, bytes. */
  readonly spoolBytes?: number;
  /** Whether every try and session is told with its time. */
  readonly tellsLinks?: boolean;
  readonly seed: number;
}

/** The part of an order that one process does: the gateways whose number leaves `part` over when divided. */
export interface WorkerOrder extends LoadOrder {
  readonly part: number;
  /** Of every machine; read once, for it takes longer than the rest of a process's start. */
  readonly dictionary: SignalDictionary;
}

export type WorkerCommand =
  | { readonly kind: "order"; readonly order: WorkerOrder }
  /** Data begin, and what is measured. */
  | { readonly kind: "start" }
  /** Cuts the connections of these gateways, by number. */
  | { readonly kind: "lose"; readonly gateways: readonly number[] }
  /** Nothing more is made; what there is goes on being delivered. */
  | { readonly kind: "rest" }
  /** All say goodbye; then the process ends. */
  | { readonly kind: "leave" };

export type WorkerMessage =
  | { readonly kind: "figures"; readonly figures: LoadFigures }
  | { readonly kind: "links"; readonly events: readonly LinkEvent[] };

/** Ids by the gateway's number from 0 on. */
export const gatewayName = (name: string, at: number): string => `${name}-${ordinalOf(at)}`;
export const machineName = (name: string, at: number): string =>
  `${name.toUpperCase()}-${ordinalOf(at)}`;

const ordinalOf = (at: number): string => String(at + 1).padStart(5, "0");
