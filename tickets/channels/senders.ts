import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { ChannelLimits } from "./channels-defaults.ts";
import type { Target } from "./load-channels.ts";
import { sendMail } from "./mail.ts";
import type { Message } from "./messages.ts";
import type { Notice } from "./notice.ts";
import type { Recipient } from "./recipients.ts";
import { type SafeAnswer, type SafeRequestOptions, safeRequest } from "./safe-request.ts";
import { webhookHeaders } from "./signature.ts";
import { templateRequest } from "./template-request.ts";

/** One attempt's content. */
export interface Outgoing {
  readonly deliveryId: string;
  readonly attemptAtMs: number;
  /** One, or those of a digest. */
  readonly notices: readonly Notice[];
  readonly message: Message;
  readonly link: string;
  /** Absent for systems and groups. */
  readonly recipient: Recipient | undefined;
}

export interface Network extends Pick<SafeRequestOptions, "mayConnect" | "resolve"> {
  readonly limits: ChannelLimits;
}

/** What a failed attempt says about waiting. */
export class TargetRefused extends CodedError {
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, retryAfterSeconds?: number) {
    super("TARGET_REFUSED", message, { retryable: true });
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/**
 * Makes one attempt. Resolves when the other side has taken the message; anything else is an error, of which nobody
 * can say whether the message arrived.
 */
export async function send(target: Target, outgoing: Outgoing, network: Network): Promise<void> {
  const { config } = target;
  switch (config.kind) {
    case "email":
      return sendMail(
        { config, password: "password" in target ? target.password : undefined },
        outgoing,
        network.limits,
      );
    case "webhook": {
      const secret = "secret" in target ? target.secret : "";
      return expectTaken(await request(webhookRequest(config.url, secret, outgoing), network));
    }
    case "template": {
      const { signSecret, secrets } = "secrets" in target ? target : noSecrets;
      const order = templateRequest({ config, signSecret, secrets }, outgoing);
      return expectTaken(await request(order, network), config.accept);
    }
  }
}

const noSecrets = { signSecret: undefined, secrets: {} };

const request = (order: Parameters<typeof safeRequest>[0], network: Network) =>
  safeRequest(order, {
    timeoutMs: network.limits.attemptTimeoutMs,
    answerLimitBytes: network.limits.answerLimitBytes,
    mayConnect: network.mayConnect,
    ...(network.resolve ? { resolve: network.resolve } : {}),
  });

/** Facts that open something for whoever holds them; systems get none. */
const personalFacts = ["path"];

function webhookRequest(url: string, secret: string, outgoing: Outgoing) {
  const { deliveryId: id, attemptAtMs, notices, message } = outgoing;
  const body = JSON.stringify({
    id,
    notices: notices.map(({ facts = {}, ...notice }) => ({
      ...notice,
      facts: Object.fromEntries(
        Object.entries(facts).filter(([name]) => !personalFacts.includes(name)),
      ),
    })),
    title: message.title,
  });
  const timestamp = Math.floor(attemptAtMs / 1000);
  return {
    url: new URL(url),
    method: "POST",
    headers: {
      "content-type": "application/json; charset=utf-8",
      "user-agent": "firebreak-webhook/1",
      ...webhookHeaders(secret, { id, timestamp, body }),
    },
    body,
  };
}

function expectTaken(
  { status, text, retryAfterSeconds }: SafeAnswer,
  accept?: { readonly field: string; readonly equals: unknown },
): void {
  if (status < 200 || status > 299)
    throw new TargetRefused(`answered ${status}`, retryAfterSeconds);
  if (!accept) return;
  const said = memberOf(text, accept.field);
  if (said !== accept.equals)
    throw new TargetRefused(`answered ${accept.field} = ${String(said).slice(0, 100)}`);
}

function memberOf(text: string, field: string): unknown {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === "object" && answer !== null && Object.hasOwn(answer, field)
      ? (answer as Record<string, unknown>)[field]
      : undefined;
  } catch {
    return undefined;
  }
}
