import { SingleBar } from "cli-progress";

/** A bar on a terminal; elsewhere a line for every step. */
export function showSteps(command: string) {
  const bar = process.stderr.isTTY
    ? new SingleBar({ format: "{bar} {percentage}%  {what}", stream: process.stderr })
    : undefined;
  let last = "";
  const say = (text: string) => process.stderr.write(`firebreak ${command}: ${text}\n`);
  return {
    say,
    update(what: string, share = 0) {
      if (last === "") bar?.start(100, 0, { what });
      bar?.update(Math.round(share * 100), { what });
      if (!bar && what !== last) say(what);
      last = what;
    },
    stop: () => bar?.stop(),
  };
}
