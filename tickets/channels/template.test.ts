import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dispatcherLi, notice } from "./channels.fixture.ts";
import type { EmailTarget, TemplateTarget } from "./channels-config.ts";
import { mailOf } from "./mail.ts";
import { languages, messageOf } from "./messages.ts";
import type { Outgoing } from "./senders.ts";
import { fillUrl, unknownPlaceholders } from "./template.ts";
import { templateRequest } from "./template-request.ts";

/** Texts that mean something to JSON, HTML, URLs, headers and to our own placeholders. */
const nasty = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.stringMatching(/^[{}"'\\<>&;:,\r\n\t\0/?#%=. -]{0,20}$/),
  fc.constantFrom(
    '"},"admin":true,"x":{"',
    "</p><script>alert(1)</script>",
    "a\r\nBcc: all@example.com",
    "{{secret.key}}",
    "../../admin",
    "\u2028x\ud800",
    "javascript:alert(1)",
  ),
);

const outgoing = (title: string, text: string, phone = "1"): Outgoing => ({
  deliveryId: "d-1",
  attemptAtMs: 1_772_409_600_000,
  notices: [notice({ ticketId: text, machineId: title })],
  message: { language: "zh-CN", title, text },
  link: "https://service.example.com/p/abc",
  recipient: { ...dispatcherLi, phone },
});

const config: TemplateTarget = {
  id: "robot",
  kind: "template",
  recipients: "group",
  url: "https://robot.example.com/send/{{phone}}?t={{title}}&key={{secret.key}}",
  headers: { "X-Title": "{{title}} / {{text}}" },
  body: { msgtype: "text", text: { content: "{{title}}\n{{text}}" }, at: ["{{phone}}"] },
};
const parts = { config, signSecret: undefined, secrets: { key: "k&=1" } };

/** Half of a surrogate pair is no text: JSON and URLs carry the replacement character for it. */
const carried = (text: string) => text.toWellFormed();

describe("templateRequest", () => {
  test("property: no text of a person gets out of its place in JSON, address or header", () => {
    fc.assert(
      fc.property(nasty, nasty, nasty, (title, text, phone) => {
        const request = templateRequest(parts, outgoing(title, text, phone));
        expect(JSON.parse(request.body)).toEqual({
          msgtype: "text",
          text: { content: `${title}\n${text}` },
          at: [phone],
        });
        expect(request.url.host).toBe("robot.example.com");
        expect(request.url.pathname.split("/")).toHaveLength(3);
        expect(request.url.pathname.startsWith("/send/")).toBe(true);
        expect(request.url.hash).toBe("");
        expect([...request.url.searchParams.keys()]).toEqual(["t", "key"]);
        expect(request.url.searchParams.get("key")).toBe("k&=1");
        expect(request.headers["x-title"]).toMatch(/^[\x20-\x7e]*$/);
      }),
      { numRuns: process.env.FIREBREAK_SOAK ? 20_000 : 500 },
    );
  });

  test("property: a form keeps its members apart", () => {
    fc.assert(
      fc.property(nasty, nasty, (title, text) => {
        const form = {
          ...config,
          format: "form" as const,
          body: { a: "{{title}}", b: "x{{text}}" },
        };
        const { body } = templateRequest({ ...parts, config: form }, outgoing(title, text));
        expect([...new URLSearchParams(body)]).toEqual([
          ["a", carried(title)],
          ["b", `x${carried(text)}`],
        ]);
      }),
      { numRuns: 200 },
    );
  });

  test("signs as DingTalk and Feishu ask", () => {
    const dingtalk = {
      ...config,
      url: "https://r.example.com/send?access_token=a",
      sign: "dingtalk" as const,
    };
    const one = templateRequest(
      { ...parts, config: dingtalk, signSecret: "SEC1" },
      outgoing("t", "x"),
    );
    expect(one.url.searchParams.get("timestamp")).toBe("1772409600000");
    expect(one.url.searchParams.get("sign")).toBe("iV3IF4rVkNqsoYovy4PTni9xykHJ+cL25CoD2wiRFas=");
    const feishu = { ...config, sign: "feishu" as const };
    const two = templateRequest(
      { ...parts, config: feishu, signSecret: "SEC1" },
      outgoing("t", "x"),
    );
    expect(JSON.parse(two.body)).toMatchObject({
      timestamp: "1772409600",
      sign: "NlD6HDVf5yju39gRU9hh0wzdkytp68iiqYtuEFVjc8Y=",
      msgtype: "text",
    });
  });
});

describe("fillUrl", () => {
  test("cannot climb in the path", () => {
    const values = { ...dispatcherLi, secrets: {} } as never;
    expect(
      fillUrl("https://a.example/x/{{phone}}/y", { ...(values as object), phone: ".." } as never)
        .pathname,
    ).toBe("/x/_/y");
  });
});

describe("unknownPlaceholders", () => {
  test("names what means nothing, in keys and values alike", () => {
    const template = { a: ["{{title}}", "{{ secret.key }}"], "{{nope}}": "{{secret.other}}" };
    expect(unknownPlaceholders(template, ["key"])).toEqual(["nope", "secret.other"]);
  });
});

const mail: EmailTarget = {
  id: "mail",
  kind: "email",
  host: "mail.example.com",
  port: 25,
  security: "none",
  from: "service@example.com",
};

describe("mailOf", () => {
  test("property: no text of a person gets out of subject or HTML", () => {
    fc.assert(
      fc.property(nasty, nasty, (title, text) => {
        const { subject, html } = mailOf(mail, outgoing(title, text));
        expect(subject).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        const tags = [...html.matchAll(/<([a-z!/][^\s>]*)/g)].map(([, name]) => name);
        const allowed = [
          "!doctype",
          "html",
          "head",
          "meta",
          "title",
          "/title",
          "/head",
          "body",
          "h1",
          "/h1",
          "p",
          "/p",
          "a",
          "/a",
          "/body",
          "/html",
        ];
        expect(tags.filter((name) => !allowed.includes(name ?? ""))).toEqual([]);
        for (const [, href] of html.matchAll(/<a href="([^"]*)"/g))
          expect(href).toMatch(/^https?:\/\//);
      }),
      { numRuns: 500 },
    );
  });

  test.each(["a@b.c, x@y.z", "a@b.c\r\nBcc: x@y.z", "<a@b.c>", '"a b"@c.d', "nobody"])(
    "refuses the address %j",
    (email) => {
      const one = { ...outgoing("t", "x"), recipient: { ...dispatcherLi, email } };
      expect(() => mailOf(mail, one)).toThrow(
        expect.objectContaining({ code: "ADDRESS_UNUSABLE" }),
      );
    },
  );
});

describe("messageOf", () => {
  test.each(languages)("%s: facts stay facts, whatever they look like", (language) => {
    const { text } = messageOf(notice({ machineId: "{ticketId}" }), language, { link: "" });
    expect(text).toContain("{ticketId}");
  });

  test("tells a kind without words of its own with its facts", () => {
    const unknown = notice({ kind: "brand-new", facts: { speed: 3 } });
    expect(messageOf(unknown, "en", { link: "" })).toEqual({
      language: "en",
      title: "Notice: brand-new",
      text: "speed: 3\nticketId: T-1\nmachineId: M-1\npriority: major",
    });
  });
});
