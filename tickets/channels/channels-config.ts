import { type Static, Type } from "typebox";
import { closed, priorities } from "../vocabulary.ts";

/** One of these words, with what they mean. */
const literals = <const Name extends string>(names: readonly Name[], description?: string) =>
  Type.Enum(names, description === undefined ? {} : { description });

const Secret = Type.Union(
  [
    Type.Object(
      {
        env: Type.String({ minLength: 1, description: "name of an environment variable" }),
      },
      closed,
    ),
    Type.Object({ file: Type.String({ minLength: 1, description: "path of a file" }) }, closed),
  ],
  { description: "where a secret is read from; it never stands in this file" },
);

const Url = Type.String({ pattern: "^https?://", description: "http:// or https://" });
const recipientKinds = ["role", "engineer", "customer"] as const;

const common = {
  id: Type.String({
    pattern: "^[a-z0-9][a-z0-9-]{0,59}$",
    description: "names the target in lists and logs: lower case letters, digits, dashes",
  }),
  notices: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), {
      minItems: 1,
      description: "kinds of notices that go here; absent: all",
    }),
  ),
  leastPriority: Type.Optional(
    literals([...priorities], "the least urgent that still goes here; absent: all"),
  ),
  audience: Type.Optional(
    Type.Array(literals([...recipientKinds]), {
      minItems: 1,
      description: "notices for whom go here; absent: for all",
    }),
  ),
};

/** Signed messages to a system, as https://www.standardwebhooks.com describes them. */
export const WebhookTarget = Type.Object(
  { ...common, kind: Type.Literal("webhook"), url: Url, secret: Secret },
  closed,
);

export const EmailTarget = Type.Object(
  {
    ...common,
    kind: Type.Literal("email"),
    host: Type.String({ minLength: 1, description: "mail server" }),
    port: Type.Integer({ minimum: 1, maximum: 65_535 }),
    security: literals(
      ["tls", "starttls", "none"],
      "tls: from the first byte; starttls: required before logging in; none: inside one host only",
    ),
    user: Type.Optional(Type.String({ minLength: 1 })),
    password: Type.Optional(Secret),
    from: Type.String({ pattern: "^[^\\s<>@]+@[^\\s<>@]+$", description: "sender's address" }),
    fromName: Type.Optional(Type.String({ maxLength: 100 })),
    to: Type.Optional(
      Type.Array(Type.String({ pattern: '^[^\\s<>@,;:"]+@[^\\s<>@,;:"]+$' }), {
        minItems: 1,
        description: "fixed addresses instead of those of the people concerned",
      }),
    ),
    language: Type.Optional(literals(["zh-CN", "en"], "of fixed addresses; zh-CN when absent")),
  },
  closed,
);

/** Robots of WeCom, DingTalk and Feishu, SMS gateways: one HTTP request described as data. */
export const TemplateTarget = Type.Object(
  {
    ...common,
    kind: Type.Literal("template"),
    recipients: literals(["group", "person"], "one message to a chat, or one to each person"),
    url: Url,
    method: Type.Optional(literals(["POST", "PUT", "GET"], "POST when absent")),
    headers: Type.Optional(Type.Record(Type.String(), Type.String())),
    format: Type.Optional(literals(["json", "form"], "how the body is written; json when absent")),
    body: Type.Optional(
      Type.Unknown({ description: "any value; its texts may hold {{placeholders}}" }),
    ),
    sign: Type.Optional(literals(["dingtalk", "feishu"], "the robot's signature")),
    signSecret: Type.Optional(Secret),
    secrets: Type.Optional(Type.Record(Type.String({ pattern: "^[a-z][A-Za-z0-9]*$" }), Secret)),
    accept: Type.Optional(
      Type.Object(
        {
          field: Type.String({ minLength: 1, description: "member of the JSON answer" }),
          equals: Type.Union([Type.Number(), Type.String(), Type.Boolean()]),
        },
        { ...closed, description: "what the answer must say besides status 2xx" },
      ),
    ),
    language: Type.Optional(literals(["zh-CN", "en"], "of a group; zh-CN when absent")),
  },
  closed,
);

export const ChannelsFile = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    version: Type.Literal(1),
    site: Type.Optional(
      Type.String({
        pattern: "^https?://[^\\s/]+(/[^\\s]*)?$",
        description: "address of the pages, for links in messages",
      }),
    ),
    allowAddresses: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        description: "private addresses or ranges (10.1.2.0/24) that targets may lie in",
      }),
    ),
    targets: Type.Array(Type.Union([WebhookTarget, EmailTarget, TemplateTarget])),
    csvDrop: Type.Optional(
      Type.Object(
        { folder: Type.String({ minLength: 1, description: "where the files are put" }) },
        { ...closed, description: "closed tickets and parts movements as CSV files" },
      ),
    ),
  },
  closed,
);

export type SecretRef = Static<typeof Secret>;
export type WebhookTarget = Static<typeof WebhookTarget>;
export type EmailTarget = Static<typeof EmailTarget>;
export type TemplateTarget = Static<typeof TemplateTarget>;
export type ChannelsFile = Static<typeof ChannelsFile>;
export type TargetConfig = ChannelsFile["targets"][number];
