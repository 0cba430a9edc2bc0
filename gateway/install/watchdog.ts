import { execFile } from "node:child_process";

/**
 * Tells systemd that the process is up, then again and again that it still goes round, at a third of what the unit
 * allows. Does nothing without a unit that waits for it. Node has no datagrams over Unix sockets, so `systemd-notify`
 * speaks for this process.
 */
export function startWatchdog(environment: NodeJS.ProcessEnv = process.env): { stop(): void } {
  const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: allowedUs } = environment;
  if (!socket) return { stop: () => {} };
  const notify = (...words: string[]) =>
    execFile("systemd-notify", words, { env: environment, timeout: 5_000 }, () => {});
  notify("--ready", `--pid=${process.pid}`);
  const everyMs = Number(allowedUs) / 1_000 / 3;
  const beating = everyMs > 0 ? setInterval(() => notify("WATCHDOG=1"), everyMs) : undefined;
  return {
    stop() {
      clearInterval(beating);
      notify("STOPPING=1");
    },
  };
}
