import { SingleBar } from "cli-progress";

/** Shows on stderr how far the demonstration is made: a bar on a terminal, else one line for each part. */
export interface SeedingView {
  part(name: string, total: number): void;
  step(done: number): void;
  end(): void;
}

export function showSeeding(screen: NodeJS.WriteStream = process.stderr): SeedingView {
  const bar = screen.isTTY
    ? new SingleBar({
        format: "Demonstration: {name} {bar} {percentage}%, {eta_formatted} left",
        stream: screen,
        clearOnComplete: true,
        hideCursor: true,
      })
    : undefined;
  let [isShown, part, startedMs] = [false, "", 0];
  const end = () => {
    if (!isShown) return;
    bar?.stop();
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    screen.write(`Demonstration: ${part}: done in ${seconds} s\n`);
    isShown = false;
  };
  return {
    part(name, total) {
      end();
      [part, startedMs] = [name, performance.now()];
      if (!bar) screen.write(`Demonstration: ${name}\n`);
      else bar.start(total, 0, { name });
      isShown = true;
    },
    step: (done) => bar?.update(done),
    end,
  };
}
