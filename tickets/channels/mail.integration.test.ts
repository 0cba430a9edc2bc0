import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { SMTPServer } from "smtp-server";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
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

interface Certificate {
  readonly key: Buffer;
  readonly cert: string;
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

  describe("with a certificate that the system vouches for", () => {
    let folder: string;
    let own: Certificate;
    let others: Certificate;
    const before = getCACertificates("default");
    const certificateFor = (address: string): Certificate => {
      const [key, cert] = [join(folder, `${address}.key`), join(folder, `${address}.pem`)];
      const order = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=mail -addext subjectAltName=IP:${address} -keyout ${key} -out ${cert}`;
      execFileSync("openssl", order.split(" "), { stdio: "ignore" });
      return { key: readFileSync(key), cert: readFileSync(cert, "utf8") };
    };
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), "firebreak-mail-"));
      own = certificateFor("127.0.0.1");
      others = certificateFor("127.0.0.9");
      setDefaultCACertificates([...before, own.cert, others.cert]);
    });
    afterAll(() => {
      setDefaultCACertificates(before);
      rmSync(folder, { recursive: true, force: true });
    });

    test.each([
      ["STARTTLS", "starttls", {}],
      ["TLS from the first byte", "tls", { secure: true }],
    ] as const)(
      "%s: login and letter go through the encrypted line only",
      async (_what, security, options) => {
        await start({ ...own, ...options, allowInsecureAuth: false });
        await send({ security });
        expect(taken).toMatchObject([
          { to: ["li@example.com"], user: "firebreak", isSecure: true },
        ]);
      },
    );

    test("one of another host is refused", async () => {
      await start({ ...others });
      await expect(send({ security: "starttls" })).rejects.toMatchObject({
        code: "TARGET_UNREACHABLE",
      });
      expect(taken).toEqual([]);
    });
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
