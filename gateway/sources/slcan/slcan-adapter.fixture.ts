import { openSerialLine, type SerialLine } from "../serial/serial-line.ts";

/** What an adapter answers to each kind of command; absent: an empty line, `silent`: nothing. */
export type Answers = Readonly<Record<string, string>> | "silent";

export interface FakeAdapter {
  /** Every command that came, without its end. */
  readonly commands: string[];
  /** Frames of the bus, as the adapter tells them. */
  say(text: string): Promise<void>;
  answers: Answers;
  close(): Promise<void>;
}

/** An adapter at the other end of a pty, which does as LAWICEL's manual says. */
export async function openFakeAdapter(port: string, answers: Answers = {}): Promise<FakeAdapter> {
  const commands: string[] = [];
  let rest = "";
  let line: SerialLine | undefined;
  const adapter: FakeAdapter = {
    commands,
    answers,
    say: (text) => line?.write(Buffer.from(text, "latin1")) ?? Promise.resolve(),
    close: async () => line?.close(),
  };
  const reply = (command: string) => {
    if (adapter.answers === "silent") return;
    const usual = command.startsWith("T") ? "Z\r" : command === "F" ? "F00\r" : "\r";
    // Commands may still come while the test ends and the line is closed.
    adapter.say(adapter.answers[command[0] ?? ""] ?? usual).catch(() => undefined);
  };
  const settings = { port, baudRate: 115_200, dataBits: 8, parity: "none", stopBits: 1 } as const;
  line = await openSerialLine(settings, {
    onBytes(bytes) {
      const parts = `${rest}${Buffer.from(bytes).toString("latin1")}`.split("\r");
      rest = parts.pop() ?? "";
      for (const command of parts) {
        commands.push(command);
        reply(command);
      }
    },
    onLost: () => undefined,
  });
  return adapter;
}
