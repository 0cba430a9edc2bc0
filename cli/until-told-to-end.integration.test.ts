import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli, temporaryFolder } from "../test/product.fixture.ts";

/** Tells a process to end in the moment in which it has said that it runs: nobody who waits for that is faster. */
const atItsWord = `
import fs from "node:fs";
const isTheWord = (text) => /Firebreak is ready|gateway is running/.test(String(text));
const { writeSync } = fs;
fs.writeSync = (...given) => {
  const written = writeSync(...given);
  if (isTheWord(given[1])) process.kill(process.pid, "SIGTERM");
  return written;
};
const { write } = process.stdout;
process.stdout.write = (...given) => {
  const isTaken = write.apply(process.stdout, given);
  if (isTheWord(given[0])) process.kill(process.pid, "SIGTERM");
  return isTaken;
};
`;
const env = {
  FIREBREAK_LOG: "info",
  NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(atItsWord)}`,
};

function gatewayConfig(): string {
  const config = join(temporaryFolder("told"), "gateway.yaml");
  writeFileSync(
    config,
    `version: 1
gatewayId: gw-told
hub: { url: "mqtt://127.0.0.1:9" }
machines:
  - machineId: M7
    plan: concrete-pump-truck
    sources: [{ kind: modbus-tcp, host: 127.0.0.1, port: 9 }]
`,
  );
  return config;
}

test.each([
  { name: "hub", args: () => ["--data", temporaryFolder("told"), "--port", "0"] },
  { name: "up", args: () => ["--data", temporaryFolder("told"), "--port", "0", "--no-simulator"] },
  { name: "gateway", args: () => ["--config", gatewayConfig()] },
])("$name, told to end as soon as it runs, ends as at any other time", async (of) => {
  const { code, signal, stdout, stderr } = await runCli([of.name, ...of.args()], env);
  expect(`${stdout}${stderr}`).toMatch(/Firebreak is ready|gateway is running/);
  expect({ code, signal }).toEqual({ code: 0, signal: null });
});
