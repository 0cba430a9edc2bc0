import type { LoadProgress } from "@firebreak/simulator/load/run-load.ts";
import { progressText } from "./load-text.ts";

/** Where lines are shown; a terminal has one that changes. */
interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const terminalEveryMs = 1_000;
/** A log needs no more. Engineering default. */
const logEveryMs = 10_000;

/** Shows how a load fares: one line that changes on a terminal, else a line every ten seconds and at each phase. */
export function showLoad(screen: Screen, gateways: number) {
  const everyMs = screen.isTTY ? terminalEveryMs : logEveryMs;
  let shown: LoadProgress | undefined;
  let shownMs = Number.NEGATIVE_INFINITY;
  let isLineOpen = false;

  const say = (line: string) => {
    screen.write(`${isLineOpen ? "\r\u001b[K" : ""}${line}\n`);
    isLineOpen = false;
  };
  return {
    say,
    progress(next: LoadProgress): void {
      const nowMs = performance.now();
      if (next.phase === shown?.phase && nowMs - shownMs < everyMs) return;
      const line = progressText(next, shown, gateways);
      [shown, shownMs] = [next, nowMs];
      if (screen.isTTY) screen.write(`\r\u001b[K${line.slice(0, (screen.columns ?? 80) - 1)}`);
      else say(line);
      isLineOpen = screen.isTTY ?? false;
    },
    end(): void {
      if (isLineOpen) screen.write("\n");
      isLineOpen = false;
    },
  };
}
