import { createHash } from "node:crypto";
import { isMoreUrgent } from "../vocabulary.ts";
import type { TargetConfig } from "./channels-config.ts";
import type { Notice } from "./notice.ts";
import type { Recipient } from "./recipients.ts";

/** One message to be sent, before it has an id. */
export interface PlannedDelivery {
  readonly targetId: string;
  /** Empty for a system, `group:<target>` for a chat or fixed addresses, else a person. */
  readonly recipientId: string;
  readonly quietKey: string;
}

export const groupOf = (targetId: string): string => `group:${targetId}`;
export const isGroup = (recipientId: string): boolean => recipientId.startsWith("group:");

/** Which target says a notice to whom. */
export function planDeliveries(
  notice: Notice,
  recipients: readonly Recipient[],
  targets: readonly TargetConfig[],
): PlannedDelivery[] {
  return targets
    .filter((target) => accepts(target, notice))
    .flatMap((target) =>
      receiversOf(target, recipients).map((recipientId) => ({
        targetId: target.id,
        recipientId,
        quietKey: quietKeyOf(notice, target.id, recipientId),
      })),
    );
}

function accepts({ notices, leastPriority, audience }: TargetConfig, notice: Notice): boolean {
  if (notices && !notices.includes(notice.kind)) return false;
  if (audience && !audience.includes(notice.audience.to)) return false;
  return leastPriority === undefined || !isMoreUrgent(leastPriority, notice.priority);
}

function receiversOf(target: TargetConfig, recipients: readonly Recipient[]): string[] {
  switch (target.kind) {
    case "webhook":
      return [""];
    case "email":
      if (target.to) return [groupOf(target.id)];
      return recipients.filter(({ email }) => email).map(({ personId }) => personId);
    case "template":
      if (target.recipients === "group") return [groupOf(target.id)];
      return recipients.filter(({ phone }) => phone).map(({ personId }) => personId);
  }
}

/** The same for the same words about the same thing to the same receiver. */
function quietKeyOf(notice: Notice, targetId: string, recipientId: string): string {
  const { kind, priority, ticketId = "", machineId = "", facts = {} } = notice;
  const what = [kind, priority, ticketId, machineId, Object.entries(facts).sort()];
  return createHash("sha256")
    .update(JSON.stringify([targetId, recipientId, what]))
    .digest("base64url");
}
