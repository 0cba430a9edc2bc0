import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { TemplateTarget } from "./channels-config.ts";
import type { SafeRequest } from "./safe-request.ts";
import type { Outgoing } from "./senders.ts";
import { dingtalkSignature, feishuSignature } from "./signature.ts";
import { fillBody, fillHeader, fillUrl, type TemplateValues } from "./template.ts";

export interface TemplateParts {
  readonly config: TemplateTarget;
  readonly signSecret: string | undefined;
  readonly secrets: Readonly<Record<string, string>>;
}

/** The HTTP request that a template and a message make. */
export function templateRequest(
  { config, signSecret, secrets }: TemplateParts,
  outgoing: Outgoing,
): SafeRequest {
  const values = valuesOf(outgoing, secrets);
  const url = fillUrl(config.url, values);
  if (config.sign === "dingtalk") {
    const signature = dingtalkSignature(signSecret ?? "", outgoing.attemptAtMs);
    for (const [name, value] of Object.entries(signature)) url.searchParams.set(name, value);
  }
  const method = config.method ?? "POST";
  const headers = Object.entries(config.headers ?? {}).map(
    ([name, template]) => [name.toLowerCase(), fillHeader(template, values)] as const,
  );
  const body = bodyOf(config, values, {
    ...(config.sign === "feishu" ? feishuSignature(signSecret ?? "", outgoing.attemptAtMs) : {}),
  });
  return {
    url,
    method,
    headers: {
      "user-agent": "firebreak/1",
      ...(body === "" ? {} : { "content-type": contentTypes[config.format ?? "json"] }),
      ...Object.fromEntries(headers),
    },
    body,
  };
}

const contentTypes = {
  json: "application/json; charset=utf-8",
  form: "application/x-www-form-urlencoded",
} as const;

function bodyOf(
  { format = "json", body, method }: TemplateTarget,
  values: TemplateValues,
  added: Readonly<Record<string, string>>,
): string {
  if (body === undefined || method === "GET") return "";
  const filled = fillBody(body, values);
  if (format === "form") {
    const members = Object.entries(filled as Record<string, string>);
    return new URLSearchParams(members.map(([name, text]) => [name, text])).toString();
  }
  const isMembers = typeof filled === "object" && filled !== null && !Array.isArray(filled);
  return JSON.stringify(isMembers ? { ...added, ...filled } : filled);
}

function valuesOf(outgoing: Outgoing, secrets: TemplateParts["secrets"]): TemplateValues {
  const [first] = outgoing.notices;
  if (!first) throw new CodedError("DELIVERY_EMPTY", "a delivery tells at least one notice");
  const { message, recipient } = outgoing;
  const isOne = outgoing.notices.length === 1;
  return {
    title: message.title,
    text: message.text,
    kind: isOne ? first.kind : "digest",
    priority: first.priority,
    ticketId: isOne ? (first.ticketId ?? "") : "",
    machineId: isOne ? (first.machineId ?? "") : "",
    link: outgoing.link,
    deliveryId: outgoing.deliveryId,
    at: new Date(outgoing.attemptAtMs).toISOString(),
    language: message.language,
    recipientId: recipient?.personId ?? "",
    phone: recipient?.phone ?? "",
    email: recipient?.email ?? "",
    secrets,
  };
}
