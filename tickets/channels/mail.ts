import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import { createTransport } from "nodemailer";
import type { EmailTarget } from "./channels-config.ts";
import type { ChannelLimits } from "./channels-defaults.ts";
import type { Outgoing } from "./senders.ts";
import { escapeHtml, oneLine } from "./template.ts";

/** One address and nothing else: no second one, no display name, no line break. */
const addressPattern = /^[^\s<>@,;:"()\\\p{Cc}]{1,64}@[^\s<>@,;:"()\\\p{Cc}]{1,255}$/u;

/** What goes into one message; pure, so that a test can look at it. */
export function mailOf(config: EmailTarget, outgoing: Outgoing) {
  const { message, recipient, deliveryId, link } = outgoing;
  const to = config.to ?? (recipient?.email === undefined ? [] : [recipient.email]);
  if (to.length === 0 || !to.every((address) => addressPattern.test(address)))
    throw new CodedError("ADDRESS_UNUSABLE", "there is no usable e-mail address");
  const domain = config.from.slice(config.from.lastIndexOf("@") + 1);
  const text =
    link === "" || message.text.includes(link) ? message.text : `${message.text}\n\n${link}`;
  return {
    from: { name: oneLine(config.fromName ?? "Firebreak"), address: config.from },
    to: to.map((address) => ({ name: "", address })),
    subject: oneLine(message.title).slice(0, 200),
    text,
    html: htmlOf(message.language, message.title, text),
    // The same on every attempt: mail programs show a repetition once.
    messageId: `<${deliveryId}@${domain}>`,
    headers: { "auto-submitted": "auto-generated" },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

function htmlOf(language: string, title: string, text: string): string {
  const paragraphs = text.split("\n").map((line) => `<p>${linked(line)}</p>`);
  return `<!doctype html><html lang="${escapeHtml(language)}"><head><meta charset="utf-8"><title>${escapeHtml(
    title,
  )}</title></head><body><h1>${escapeHtml(title)}</h1>${paragraphs.join("")}</body></html>`;
}

/** Our own links only become links: they are the last word of a line and hold no character that HTML cares for. */
function linked(line: string): string {
  const [, before = "", url] = /^(.*?)(https?:\/\/[\w./~%:-]+)$/.exec(line) ?? [];
  if (url === undefined) return escapeHtml(line);
  return `${escapeHtml(before)}<a href="${url}">${url}</a>`;
}

/** Errors: `ADDRESS_UNUSABLE` (not retryable), `TARGET_REFUSED`, `TARGET_UNREACHABLE`. */
export async function sendMail(
  { config, password }: { readonly config: EmailTarget; readonly password: string | undefined },
  outgoing: Outgoing,
  limits: Pick<ChannelLimits, "attemptTimeoutMs">,
): Promise<void> {
  const mail = mailOf(config, outgoing);
  const timeout = limits.attemptTimeoutMs;
  const transport = createTransport({
    host: config.host,
    port: config.port,
    secure: config.security === "tls",
    requireTLS: config.security === "starttls",
    ignoreTLS: config.security === "none",
    connectionTimeout: timeout,
    greetingTimeout: timeout,
    socketTimeout: timeout,
    dnsTimeout: timeout,
    ...(config.user === undefined ? {} : { auth: { user: config.user, pass: password ?? "" } }),
  });
  // The timeouts above are for each step; this one is for all of them.
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new CodedError("TARGET_TIMEOUT", "too slow", { retryable: true })),
    timeout,
  );
  try {
    await Promise.race([transport.sendMail(mail), tooLate]);
  } catch (error) {
    throw toFault(error);
  } finally {
    clearTimeout(timer);
    transport.close();
  }
}

function toFault(cause: unknown): CodedError {
  const code = errorCode(cause);
  const isRefused = code === "EENVELOPE" || code === "EMESSAGE";
  return new CodedError(
    isRefused ? "TARGET_REFUSED" : "TARGET_UNREACHABLE",
    `the mail server did not take it (${code})`,
    { retryable: true, cause },
  );
}
