import { isLost, type LostTogether, lostTogether } from "./lost-together.ts";
import {
  type HubEvidence,
  heardSilenceMs,
  isHubsFault,
  type MachineEvidence,
  type MachineSilence,
  type MoreEvidence,
  offlineMs,
  type SilenceCause,
  staleMs,
} from "./silence.ts";

interface Reason {
  readonly cause: SilenceCause;
  readonly isCertain: boolean;
  readonly detail: string;
}

const certain = (cause: SilenceCause, detail = ""): Reason => ({ cause, isCertain: true, detail });
const likely = (cause: SilenceCause, detail = ""): Reason => ({ cause, isCertain: false, detail });

const deadStates = new Set(["down", "gone", "bus-off", "error-passive", "wrong-bit-rate"]);
/** Nobody can tell a habit of these: they want somebody's hand. */
const neverUsual = new Set<SilenceCause>(["credentials", "bus-dead", "clock", "hub-away"]);

/** The silent machines of a fleet, each with its cause. Pure; a machine that never spoke is none of them. */
export function judgeSilence(
  machines: readonly MachineEvidence[],
  hub: HubEvidence,
  more: MoreEvidence,
): MachineSilence[] {
  const lost = lostTogether(machines);
  const found: MachineSilence[] = [];
  for (const machine of machines) {
    const silence = judgeMachine(machine, hub, { more, lost });
    if (silence !== undefined) found.push(silence);
  }
  return found;
}

function judgeMachine(
  machine: MachineEvidence,
  hub: HubEvidence,
  { more, lost }: { readonly more: MoreEvidence; readonly lost: LostTogether },
): MachineSilence | undefined {
  const { machineId, siteId, gatewayId, lastContactMs: sinceMs } = machine;
  if (sinceMs <= 0 || hub.nowMs - sinceMs < staleMs) return undefined;
  const heardMs = heardSilenceMs(sinceMs, hub);
  const isHubs = isHubsFault(sinceMs, hub);
  if (heardMs < staleMs && !isHubs) return undefined;
  const status = heardMs >= offlineMs ? "offline" : "stale";
  const reason = isHubs ? certain("hub-away") : causeOf(machine, hub, { more, lost });
  const isUsual = !neverUsual.has(reason.cause) && more.isUsual(machine);
  return { machineId, siteId, gatewayId, status, ...reason, sinceMs, heardMs, isUsual };
}

/** The plainest evidence first. */
function causeOf(
  machine: MachineEvidence,
  hub: HubEvidence,
  { more, lost }: { readonly more: MoreEvidence; readonly lost: LostTogether },
): Reason {
  const { machineId, session, refusal, lastContactMs } = machine;
  if (session.isOnline) return whileItSpeaks(machine, more);
  if (refusal !== null && refusal.atMs >= lastContactMs)
    return certain("credentials", refusal.what);
  if (session.saidGoodbye === true) return certain("switched-off");
  const health = more.health(machine);
  const buses = busesOf(machine, health);
  if (buses.length > 0 && buses.every(({ state }) => state === "silent"))
    return likely("switched-off", "buses-silent");
  if (lost.byHub.has(machineId)) return likely("hub-network");
  if (lost.bySite.has(machineId)) return likely("no-coverage", "neighbours");
  const endsAt = health?.certificate?.endsAt;
  if (endsAt != null && Date.parse(endsAt) < hub.nowMs)
    return likely("credentials", "certificate-expired");
  if (!isLost(machine)) return likely("lost-contact");
  const { link, off } = more.earlier(machine);
  if (link > off) return likely("no-coverage", "earlier");
  return off > link ? likely("power-cut", "earlier") : likely("lost-contact");
}

/** Its gateway has a session, and nothing comes of the machine. */
function whileItSpeaks(machine: MachineEvidence, more: MoreEvidence): Reason {
  const health = more.health(machine);
  if (health === null) return likely("unexplained");
  const buses = busesOf(machine, health);
  const dead = buses.find(({ state }) => deadStates.has(state));
  if (dead) return certain("bus-dead", `${dead.bus}: ${dead.state}`);
  const silent = buses.filter(({ state }) => state === "silent");
  if (silent.length > 0 && silent.length === buses.length)
    return likely("switched-off", "buses-silent");
  if (silent[0]) return certain("bus-dead", `${silent[0].bus}: silent`);
  const device = health.devices.find(
    ({ machineId, state }) => machineId === machine.machineId && state === "silent",
  );
  if (device) return certain("bus-dead", `${device.device}: silent`);
  const { clock, spool } = health;
  if (clock?.trust === "unknown" || clock?.trust === "suspect")
    return certain("clock", clock.trust);
  if (spool !== null && spool.mode === "memory") return certain("gateway-backlog", "memory");
  if (spool?.isFull === true) return certain("gateway-backlog", "full");
  if (spool?.thinningSince != null) return certain("gateway-backlog", "thinning");
  if (spool?.catchingUpSince != null) return certain("gateway-backlog", "catching-up");
  return likely("unexplained");
}

const busesOf = ({ machineId }: MachineEvidence, health: ReturnType<MoreEvidence["health"]>) =>
  health?.buses.filter((bus) => bus.machineId === machineId && bus.state !== "ended") ?? [];
