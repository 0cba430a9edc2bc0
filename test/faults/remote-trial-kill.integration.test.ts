import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { configurationHash } from "@firebreak/wire/configuration-codec.ts";
import { expect, test } from "vitest";
import { startCli, temporaryFolder } from "../product.fixture.ts";
import { report } from "../seeded.fixture.ts";

const documentOf = (version: number, batchAgeMs: number) => {
  const text = `version: 1\nbatchAgeMs: ${batchAgeMs}\n`;
  return { version, hash: configurationHash(text), text };
};

/** A gateway whose power fails again and again while it tries a configuration that no hub confirms. */
test("B1: power cuts during a trial end it: the gateway is never left on what nobody has confirmed", {
  timeout: 180_000,
}, async () => {
  const folder = temporaryFolder("trial-kill");
  const file = join(folder, "gateway.yaml");
  const stateFile = `${file}.remote.json`;
  writeFileSync(
    file,
    `version: 1
gatewayId: gw
hub: { url: "mqtt://127.0.0.1:1" }
machines:
  - machineId: M1
    plan: loader-tractor
    sources: [{ kind: candump-stream, from: "tcp://127.0.0.1:1" }]
`,
  );
  const good = documentOf(1, 2_000);
  const tried = documentOf(2, 3_000);
  writeFileSync(
    stateFile,
    JSON.stringify({
      format: 1,
      confirmed: good,
      trial: { ...tried, starts: 1 },
      newest: { version: 2, hash: tried.hash, state: "trying", reason: "", problems: [] },
    }),
  );
  const startsSeen: number[] = [];
  for (let cut = 0; cut < 3; cut++) {
    const before = readFileSync(stateFile, "utf8");
    const gateway = startCli(["gateway", "--config", file], { FIREBREAK_LOG: "info" });
    // The start is counted before anything else is done with it; then it is cut off somewhere in what follows.
    while (readFileSync(stateFile, "utf8") === before)
      await new Promise((next) => setTimeout(next, 5));
    await new Promise((next) => setTimeout(next, Math.random() * 500));
    gateway.child.kill("SIGKILL");
    await once(gateway.child, "close");
    const state = JSON.parse(readFileSync(stateFile, "utf8"));
    startsSeen.push(state.trial?.starts ?? 0);
    expect(state.confirmed).toEqual(good);
  }
  expect(startsSeen).toEqual([2, 3, 0]);
  const { trial, newest } = JSON.parse(readFileSync(stateFile, "utf8"));
  expect(trial).toBeNull();
  expect(newest).toMatchObject({ version: 2, state: "rolled-back" });
  expect(newest.reason).toContain("ended 3 times");
  report("remote-trial-kill", { startsSeen });
});
