import { findCarrier, findWaiting } from "./find-carrier.ts";
import type { Problem } from "./from-finding.ts";
import { MINUTE_MS } from "./lifecycle/step.ts";
import { workPolicy } from "./lifecycle/work-policy.ts";
import { mergeTickets } from "./merge-tickets.ts";
import type { TicketFacts } from "./ticket-facts.ts";
import { carryOut, type FoundTicket, type TicketWork } from "./ticket-work.ts";
import { isMoreUrgent } from "./vocabulary.ts";

export const stormKeyOf = (machineId: string): string => `${machineId}:electrical-storm`;

/** The storm that a new problem of a machine is part of, if there is one now (MR-5). */
export async function findStorm(
  work: TicketWork,
  machineId: string,
): Promise<{ readonly storm?: FoundTicket; readonly part: readonly FoundTicket[] }> {
  const { tx, nowMs, policy = workPolicy } = work;
  const { episodes, withinMinutes } = policy.storm;
  const since = new Date(nowMs - withinMinutes * MINUTE_MS).toISOString();
  const storm = await findCarrier(tx, stormKeyOf(machineId));
  if (storm && storm.ticket.updatedAt >= since) return { storm, part: [] };
  const young = (await findWaiting(tx, machineId, { since })).filter(
    ({ ticket }) => ticket.channel === "machine",
  );
  // The new one counts too.
  return young.length + 1 >= episodes ? { part: young } : { part: [] };
}

/** What a storm is called and where one looks first. */
const about: Pick<TicketFacts, "title" | "checks" | "faultCode"> = {
  faultCode: "electrical-storm",
  title: {
    en: "Many faults at once: supply, ground or data bus",
    "zh-CN": "多个故障同时出现：检查供电、接地或总线",
  },
  checks: [
    {
      check: {
        en: "Measure supply voltage and ground of the controllers, look at the plugs of the data bus",
        "zh-CN": "测量控制器供电电压与接地，检查总线插头",
      },
      expected: {
        en: "Voltage steady, both ends of the bus terminated, no plug loose or wet",
        "zh-CN": "电压稳定，总线两端有终端电阻，插头无松动、进水",
      },
    },
  ],
};

/** One ticket for all: the young tickets of the machine are its consequences. */
export async function openStorm(
  work: TicketWork,
  part: readonly FoundTicket[],
  {
    facts,
    evidence,
    commandId,
  }: {
    readonly facts: TicketFacts;
    readonly evidence: Problem["evidence"];
    readonly commandId: string;
  },
): Promise<FoundTicket> {
  const machineId = facts.machineId ?? "";
  const key = stormKeyOf(machineId);
  const priority = part.reduce(
    (most, { ticket }) => (isMoreUrgent(ticket.priority, most) ? ticket.priority : most),
    facts.priority,
  );
  const { component: _component, job: _job, recurrenceOf: _recurrence, ...rest } = facts;
  const first = evidence[0];
  let storm: FoundTicket = {
    key,
    ticket: await carryOut(
      work,
      { key },
      {
        type: "open",
        facts: {
          ...rest,
          ...about,
          priority,
          kind: "inspection",
          dedupeKey: `${key}:inspection`,
          candidateFaults: [],
          predictedParts: [],
          ...(part.some(({ ticket }) => ticket.safetyRelated) ? { safetyRelated: true } : {}),
        },
        evidence,
        ...(first ? { findingId: first.findingId, machineAt: first.to } : {}),
        commandId: `${commandId}/storm`,
      },
    ),
  };
  for (const one of part)
    storm = {
      key,
      ticket: await mergeTickets(work, one, storm, {
        commandId: `${commandId}/storm`,
        why: "storm",
        isQuiet: true,
      }),
    };
  return storm;
}
