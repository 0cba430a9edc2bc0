import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";

export interface Mail {
  readonly to: readonly string[];
  readonly raw: string;
}

/** A real mail server that keeps what it takes; `refuse` may be set at any time. */
export async function startMailbox() {
  const mails: Mail[] = [];
  const mailbox = {
    mails,
    port: 0,
    /** While set, every mail is answered with it. */
    refuse: undefined as Error | undefined,
    of: (address: string) => mails.filter(({ to }) => to.includes(address)),
    stop: () => new Promise<void>((done) => server.close(() => done())),
  };
  const server = new SMTPServer({
    logger: false,
    disabledCommands: ["AUTH", "STARTTLS"],
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        if (mailbox.refuse) return done(mailbox.refuse);
        const to = envelope.rcptTo.map(({ address }) => address);
        mails.push({ to, raw: Buffer.concat(chunks).toString() });
        done();
      });
    },
  });
  server.on("error", () => undefined);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  mailbox.port = (server.server.address() as AddressInfo).port;
  return mailbox;
}
export type Mailbox = Awaited<ReturnType<typeof startMailbox>>;
