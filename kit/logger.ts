import { type Logger, pino } from "pino";

export type { Logger } from "pino";

/** The process's logger: JSON lines on stderr, so that stdout stays for results. Pass `log.child({...})` on. */
export function createLogger(level = process.env.FIREBREAK_LOG ?? "info"): Logger {
  return pino(
    {
      level,
      base: { pid: process.pid },
      redact: { paths: ["password", "*.password", "token", "*.token", "secret", "*.secret"] },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}

/** A logger that says nothing, for pure tests. */
export const silentLogger: Logger = pino({ level: "silent" });
