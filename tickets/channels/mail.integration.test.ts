import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { dispatcherLi, notice } from "./channels.fixture.ts";
import type { EmailTarget } from "./channels-config.ts";
import { type ChannelLimits, channelDefaults } from "./channels-defaults.ts";
import { sendMail } from "./mail.ts";

interface Taken {
  readonly to: string[];
  readonly raw: string;
  readonly user: string | undefined;
  readonly isSecure: boolean;
}

let server: SMTPServer;
let taken: Taken[];
let port: number;

function start(options: object): Promise<void> {
  server = new SMTPServer({
    logger: false,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      password === "right" ? done(null, { user: username ?? "" }) : done(new Error("no")),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        taken.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString(),
          user: session.user as string | undefined,
          isSecure: session.secure,
        });
        done();
      });
    },
    ...options,
  });
  server.on("error", () => undefined);
  return new Promise((done) =>
    server.listen(0, "127.0.0.1", () => {
      port = (server.server.address() as AddressInfo).port;
      done();
    }),
  );
}
beforeEach(() => {
  taken = [];
});
afterEach(() => new Promise<void>((done) => server.close(done)));

const config = (facts: Partial<EmailTarget> = {}): EmailTarget => ({
  id: "mail",
  kind: "email",
  host: "127.0.0.1",
  port,
  security: "none",
  from: "service@example.com",
  fromName: "售后\r\nBcc: all@example.com",
  user: "firebreak",
  ...facts,
});
const outgoing = {
  deliveryId: "d-1",
  attemptAtMs: 0,
  notices: [notice()],
  message: {
    language: "zh-CN" as const,
    title: "新工单 <b>\r\nBcc: all@example.com",
    text: "设备 <script>alert(1)</script>",
  },
  link: "https://service.example.com/tickets/T-1",
  recipient: dispatcherLi,
};
const send = (
  facts?: Partial<EmailTarget>,
  password = "right",
  limits: ChannelLimits = channelDefaults,
) => sendMail({ config: config(facts), password }, outgoing, limits);

describe("sendMail", () => {
  test("sends text and HTML to one person, with headers nobody can add to", async () => {
    await start({});
    await send();
    const [mail] = taken;
    expect(mail).toMatchObject({ to: ["li@example.com"], user: "firebreak" });
    const [head = "", body = ""] = mail?.raw.split("\r\n\r\n", 2) ?? [];
    expect(head).not.toMatch(/^bcc:/im);
    expect(head).toContain("Message-ID: <d-1@example.com>");
    expect(body).not.toContain("<script>");
    expect(mail?.raw).toContain("text/plain");
    expect(mail?.raw).toContain("text/html");
  });

  test("goes on only under TLS when STARTTLS is asked for and the server has none", async () => {
    await start({ hideSTARTTLS: true });
    await expect(send({ security: "starttls" })).rejects.toMatchObject({ retryable: true });
    expect(taken).toEqual([]);
  });

  test("does not take a certificate that nobody vouches for", async () => {
    await start({});
    await expect(send({ security: "starttls" })).rejects.toMatchObject({
      code: "TARGET_UNREACHABLE",
    });
    expect(taken).toEqual([]);
  });

  test("tells a refused login, and a server that does not answer, from success", async () => {
    await start({});
    await expect(send({}, "wrong")).rejects.toMatchObject({ retryable: true });
    const silent = { ...channelDefaults, attemptTimeoutMs: 200 };
    const { createServer } = await import("node:net");
    const hanging = createServer(() => undefined).listen(0, "127.0.0.1");
    await new Promise((done) => hanging.once("listening", done));
    const { port: other } = hanging.address() as AddressInfo;
    await expect(send({ port: other }, "right", silent)).rejects.toMatchObject({ retryable: true });
    hanging.close();
    expect(taken).toEqual([]);
  });
});
