import { statSync } from "node:fs";
import { dirname } from "node:path";
import type { ReadinessCheck } from "@firebreak/dashboards/server/ports.ts";
import {
  createDiskGuard,
  type DiskGuard,
  type DiskStatus,
} from "@firebreak/ingest/journal/disk-guard.ts";
import type { Journal } from "@firebreak/ingest/journal/journal.ts";
import type { Clock } from "@firebreak/kit/clock.ts";
import type { HubOptions } from "./hub-options.ts";

/** A disk that the hub writes to, by one folder on it. */
export interface HubDisk {
  readonly folder: string;
  /** What comes in goes there first; of other disks only the stores have something. */
  readonly hasJournal: boolean;
  readonly guard: DiskGuard;
}

/** Each disk once, the data folder's first. */
export function hubDisks(
  { data, telemetry, database }: Pick<HubOptions, "data" | "telemetry" | "database">,
  clock: Clock,
): HubDisk[] {
  const folders = [data];
  if (telemetry?.target.kind === "sqlite") folders.push(dirname(telemetry.target.path));
  if (database?.url.startsWith("sqlite:"))
    folders.push(dirname(database.url.slice("sqlite:".length)));
  const devices = new Map<number, string>();
  for (const folder of folders) {
    const { dev } = statSync(folder);
    if (!devices.has(dev)) devices.set(dev, folder);
  }
  return [...devices.values()].map((folder) => ({
    folder,
    hasJournal: folder === data,
    guard: createDiskGuard(folder, clock),
  }));
}

/** Warnings before anything stands still, and what stands still then. */
export function diskReadiness(
  disks: readonly HubDisk[],
  journal: Pick<Journal, "consumers" | "maxBytes">,
): ReadinessCheck[] {
  const told = (isFull: boolean) => () => {
    const lines = disks.flatMap((disk) => tellDisk(disk, disk.guard.status(), isFull));
    return lines.length === 0 ? undefined : lines.join(" ");
  };
  return [
    { name: "disk", severity: "warning", problem: told(false) },
    { name: "disk-full", problem: told(true) },
    { name: "journal", severity: "warning", problem: () => tellJournal(journal) },
  ];
}

function tellDisk({ folder, hasJournal }: HubDisk, status: DiskStatus, isFull: boolean): string[] {
  const { level, total, free, reserve } = status;
  if (total === null || free === null || level === "ok" || isFull !== (level === "full")) return [];
  const used = Math.floor((1 - free / total) * 100);
  const room = `The disk of ${folder} is ${used} % full, ${inWords(free)} left.`;
  if (!hasJournal)
    return [`${room} What the hub keeps there can be read but not changed once nothing is left.`];
  if (level === "full")
    return [
      `${room} Nothing more is taken in, and gateways keep what they have, until ${inWords(reserve * 1.2)} are free.`,
    ];
  const next = `Below ${inWords(reserve)} gateways have to wait.`;
  if (level === "noticed") return [`${room} ${next}`];
  return [`${room} The journal gives up what everybody has read. ${next}`];
}

/** Where it ends up when somebody who reads it does not come on. */
function tellJournal({ consumers, maxBytes }: Pick<Journal, "consumers" | "maxBytes">) {
  const [slowest] = consumers().toSorted((one, other) => other.lagBytes - one.lagBytes);
  if (slowest === undefined || slowest.lagBytes < maxBytes * 0.8) return undefined;
  const share = Math.floor((slowest.lagBytes / maxBytes) * 100);
  return `${share} % of the journal waits for ${slowest.name}; at 100 % gateways have to wait.`;
}

function inWords(bytes: number): string {
  const [unit, size] = bytes >= 1e9 ? ["GB", 1e9] : ["MB", 1e6];
  return `${(bytes / Number(size)).toFixed(bytes >= 1e9 ? 1 : 0)} ${unit}`;
}
