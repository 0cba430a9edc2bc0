import type { MachineEvidence } from "./silence.ts";

/** Machines that were lost without a word, by what they have in common. */
export interface LostTogether {
  /** Machines of a site that were lost at about the same time, with most of that site. */
  readonly bySite: ReadonlySet<string>;
  /** So many of the whole fleet that it is the hub's own access. */
  readonly byHub: ReadonlySet<string>;
}

/** Keepalives run out, and networks fail, not quite at once. */
const togetherMs = 10 * 60_000;
const fewestOfSite = 3;
const shareOfSite = 0.6;
const fewestOfFleet = 10;
const shareOfFleet = 0.3;

/** Lost without goodbye, and nobody was turned away. */
export const isLost = ({ session, refusal, lastContactMs }: MachineEvidence): boolean =>
  !session.isOnline &&
  session.endedMs !== null &&
  session.saidGoodbye !== true &&
  (refusal === null || refusal.atMs < lastContactMs);

/** Pure. `machines`: the whole fleet. */
export function lostTogether(machines: readonly MachineEvidence[]): LostTogether {
  const fleet = burst(machines);
  const inContact = machines.filter(({ session }) => session.isOnline).length;
  const sites = new Set(fleet.map(({ siteId, gatewayId }) => siteId ?? `gateway ${gatewayId}`));
  const isHubs =
    fleet.length >= Math.max(fewestOfFleet, shareOfFleet * (fleet.length + inContact)) &&
    sites.size > 1;
  const byHub = new Set(isHubs ? fleet.map(({ machineId }) => machineId) : []);

  const bySite = new Set<string>();
  for (const [siteId, there] of groupBySite(machines)) {
    if (siteId === null) continue;
    const lost = burst(there);
    const alive = there.filter(({ session }) => session.isOnline).length;
    if (lost.length < fewestOfSite || lost.length < shareOfSite * (lost.length + alive)) continue;
    for (const { machineId } of lost) bySite.add(machineId);
  }
  return { bySite, byHub };
}

/** The most machines that were lost within ten minutes. */
function burst(machines: readonly MachineEvidence[]): MachineEvidence[] {
  const lost = machines
    .filter(isLost)
    .sort((a, b) => (a.session.endedMs ?? 0) - (b.session.endedMs ?? 0));
  let best: [from: number, to: number] = [0, 0];
  let from = 0;
  for (let to = 0; to < lost.length; to++) {
    while ((lost[to]?.session.endedMs ?? 0) - (lost[from]?.session.endedMs ?? 0) > togetherMs)
      from++;
    if (to + 1 - from > best[1] - best[0]) best = [from, to + 1];
  }
  return lost.slice(...best);
}

function groupBySite(machines: readonly MachineEvidence[]) {
  const sites = new Map<string | null, MachineEvidence[]>();
  for (const machine of machines) {
    const there = sites.get(machine.siteId);
    if (there === undefined) sites.set(machine.siteId, [machine]);
    else there.push(machine);
  }
  return sites;
}
