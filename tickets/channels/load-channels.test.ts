import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseChannels } from "./load-channels.ts";

const readFile = (path: string) => {
  if (path === "/run/secrets/mail-password") return "from a file\n";
  throw new Error("no such file");
};
const env = Object.fromEntries(
  ["ERP_SECRET", "SMS_TOKEN", "WECOM_KEY", "DINGTALK_TOKEN", "DINGTALK_SECRET"]
    .concat("FEISHU_HOOK", "FEISHU_SECRET")
    .map((name) => [`FIREBREAK_${name}`, `value of ${name}`]),
);
const parse = (text: string) => parseChannels({ file: "channels.yaml", text }, { env, readFile });

const mistakesOf = (text: string): string[] => {
  try {
    parse(text);
    return [];
  } catch (error) {
    return (error as Error).message.split("\n");
  }
};

describe("parseChannels", () => {
  test("takes the sample, with its secrets", () => {
    const text = readFileSync(join(import.meta.dirname, "channels.sample.yaml"), "utf8");
    const { targets, site } = parse(text);
    expect(site).toBe("https://service.example.com");
    expect(targets.map(({ config }) => config.id)).toEqual([
      "erp",
      "mail",
      "sms",
      "wecom",
      "dingtalk",
      "feishu",
    ]);
    expect(targets[0]).toMatchObject({ secret: "value of ERP_SECRET" });
    expect(targets[1]).toMatchObject({ password: "from a file" });
    expect(targets[4]).toMatchObject({ signSecret: "value of DINGTALK_SECRET" });
  });

  test("says all mistakes at once, with line and column", () => {
    const text = `version: 1
allowAddresses: [10.0.0.0/40]
targets:
  - id: one
    kind: webhook
    url: https://user:word@example.com/x
    secret: { env: NOT_SET }
  - id: one
    kind: template
    recipients: group
    url: https://{{title}}.example.com/
    notices: [ticket-opned]
    sign: feishu
    headers: { "X-A": "{{phon}}" }
    body: { a: "{{nonsense}}" }
    secrets: { key: { file: /nowhere } }
`;
    expect(mistakesOf(text)).toEqual([
      'channels.yaml:2:18: allowAddresses[0]: "10.0.0.0/40" is no address and no range like 10.0.0.0/8',
      "channels.yaml:6:10: targets[0].url: a name or password does not belong into an address",
      "channels.yaml:7:5: targets[0].secret: the environment variable NOT_SET is not set",
      'channels.yaml:8:9: targets[1].id: "one" is the id of target 1 too',
      "channels.yaml:11:10: targets[1].url: the host may hold no placeholder",
      'channels.yaml:12:15: targets[1].notices[0]: there is no notice "ticket-opned"',
      "channels.yaml:13:11: targets[1].sign: a signature needs signSecret",
      "channels.yaml:14:5: targets[1].headers: there is no placeholder {{phon}}",
      "channels.yaml:15:5: targets[1].body: there is no placeholder {{nonsense}}",
      "channels.yaml:16:16: targets[1].secrets.key: the file /nowhere cannot be read",
    ]);
  });

  test("says what does not fit the shape, and never a secret", () => {
    expect(
      mistakesOf(
        "version: 1\ntargets:\n  - {id: A, kind: webhook, url: 'ftp://x', secret: plain}\n",
      ),
    ).toEqual([
      expect.stringMatching(/^channels.yaml:3:10: targets\[0\].id: must be a/),
      expect.stringMatching(/^channels.yaml:3:33: targets\[0\].url: must be a/),
      expect.stringMatching(/^channels.yaml:3:52: targets\[0\].secret/),
    ]);
    expect(mistakesOf("version: 2\n")).toHaveLength(2);
  });
});
