import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Database } from "@firebreak/kit/database.ts";
import type { ChannelLimits } from "./channels-defaults.ts";
import type { Claim } from "./claim-deliveries.ts";
import { noticesOf } from "./delivery-outcome.ts";
import type { Target } from "./load-channels.ts";
import { digestOf, type Language, messageOf } from "./messages.ts";
import type { Notice } from "./notice.ts";
import { isGroup } from "./plan-deliveries.ts";
import type { Directory, Recipient } from "./recipients.ts";
import type { Outgoing } from "./senders.ts";

export interface ComposeOptions {
  readonly db: Database;
  readonly target: Target;
  readonly directory: Directory;
  readonly site: string | undefined;
  readonly limits: ChannelLimits;
  readonly nowMs: () => number;
}

/**
 * What is said in one attempt. Names and addresses are read now, so somebody who was erased is told nothing any more.
 * @throws CodedError RECIPIENT_GONE, DELIVERY_EMPTY; neither is retryable
 */
export async function composeMessage(options: ComposeOptions, claim: Claim): Promise<Outgoing> {
  const { db, directory, limits } = options;
  const notices = await noticesOf(db, claim);
  const [first] = notices;
  if (!first) throw new CodedError("DELIVERY_EMPTY", "what it told of is no longer kept");
  const isPerson = claim.recipientId !== "" && !isGroup(claim.recipientId);
  const recipient = isPerson ? await directory.recipient(db, claim.recipientId) : undefined;
  if (isPerson && !recipient)
    throw new CodedError("RECIPIENT_GONE", "there is nobody any more to be told");
  const language = languageOf(options.target, recipient);
  const isOne = claim.noticeId !== null;
  const link = await linkOf(options, isOne ? first : undefined);
  const { ticketId } = first;
  const zone = ticketId === undefined ? {} : { zone: await directory.zoneOf(db, ticketId) };
  return {
    deliveryId: claim.deliveryId,
    attemptAtMs: options.nowMs(),
    notices,
    message: isOne
      ? messageOf(first, language, { link, ...zone })
      : digestOf(notices, language, { link, lines: limits.digestLines }),
    link,
    recipient,
  };
}

function languageOf({ config }: Target, recipient: Recipient | undefined): Language {
  const ofTarget = config.kind === "webhook" ? "en" : config.language;
  return recipient?.language ?? ofTarget ?? "zh-CN";
}

/** Customers are led to what their code opens, others to the ticket. Empty when the pages' address is not known. */
async function linkOf(
  { db, directory, site }: ComposeOptions,
  notice: Notice | undefined,
): Promise<string> {
  if (site === undefined) return "";
  const base = site.replace(/\/+$/, "");
  if (!notice) return base;
  const { facts = {}, ticketId, audience } = notice;
  if (typeof facts.path === "string" && facts.path.startsWith("/")) return `${base}${facts.path}`;
  if (ticketId === undefined) return base;
  if (audience.to !== "customer") return `${base}/tickets/${encodeURIComponent(ticketId)}`;
  const path = await directory.pathOf(db, ticketId);
  return path === undefined ? base : `${base}${path}`;
}
