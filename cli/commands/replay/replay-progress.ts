import type { Gateway } from "@firebreak/gateway/main.ts";
import type { ReplaySource } from "@firebreak/gateway/sources/replay/replay-source.ts";
import { SingleBar } from "cli-progress";

const updateMs = 200;
/** A hub that is only restarting is not worth a word. */
const patienceMs = 3_000;

/** Shows how far a replay is: a bar on a terminal, and once in words that it waits for the hub. */
export function followReplay(gateway: Gateway, source: () => ReplaySource | undefined) {
  const bar = process.stderr.isTTY
    ? new SingleBar({
        format: "{bar} {percentage}% read, {acknowledged} of {batches} batches acknowledged",
        stream: process.stderr,
        clearOnComplete: true,
      })
    : undefined;
  bar?.start(1, 0, { acknowledged: 0, batches: 0 });
  let awaySinceMs = performance.now();
  let hasSaidSo = false;

  const timer = setInterval(() => {
    const { link, spool } = gateway.status();
    const progress = source()?.progress();
    if (bar && progress) {
      bar.setTotal(Math.max(1, progress.totalBytes));
      const { epochSettled: acknowledged, epochBatches: batches } = spool;
      bar.update(progress.readBytes, { acknowledged, batches });
    }
    if (link.link === "sending") awaySinceMs = performance.now();
    if (hasSaidSo || performance.now() - awaySinceMs < patienceMs) return;
    hasSaidSo = true;
    process.stderr.write(`firebreak replay: waiting for the hub (${link.detail})\n`);
  }, updateMs);

  return {
    stop(): void {
      clearInterval(timer);
      bar?.stop();
    },
  };
}
