import { globSync, renameSync, writeFileSync } from "node:fs";

const [library] = globSync("/usr/lib/*/faketime/libfaketimeMT.so.1");

/** Why no process can be given a false clock here; undefined where one can. Where CI is set the reason is an error. */
export function noFalseClock(): string | undefined {
  if (library !== undefined) return undefined;
  const reason = "libfaketime is not installed";
  if (process.env.CI) throw new Error(`false clocks are needed in CI: ${reason}`);
  process.stdout.write(`tests with a false clock skipped: ${reason}\n`);
  return reason;
}

/** Makes the wall clock of a process what `file` says, and leaves the one that only grows alone. */
export const falseClock = (file: string): Record<string, string> => ({
  LD_PRELOAD: library ?? "",
  FAKETIME_TIMESTAMP_FILE: file,
  FAKETIME_NO_CACHE: "1",
  FAKETIME_DONT_FAKE_MONOTONIC: "1",
});

/** `seconds`: how far the clock is off; whoever reads the file now reads the one or the other. */
export function setFalseClock(file: string, seconds: number): void {
  writeFileSync(`${file}.new`, `${seconds < 0 ? "-" : "+"}${Math.abs(Math.round(seconds))}s\n`);
  renameSync(`${file}.new`, file);
}
