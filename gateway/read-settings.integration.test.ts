import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { answerSettings } from "./answer-settings.ts";
import { readSettings, settingsOf } from "./read-settings.ts";

const folder = mkdtempSync(join(tmpdir(), "firebreak-settings-"));
afterAll(() => rmSync(folder, { recursive: true }));

const sample = readFileSync(join(import.meta.dirname, "gateway.sample.yaml"), "utf8");
const put = (text: string): string => {
  const file = join(folder, "gateway.yaml");
  writeFileSync(file, text);
  writeFileSync(join(folder, "gateway.password"), "secret\n", { mode: 0o600 });
  return file;
};

describe("a configuration read by another process", () => {
  test("comes to the same as one read here, with the files it rests on", async () => {
    const file = put(sample);
    const answer = await readSettings(file);
    expect(answer).toEqual(answerSettings(file));
    expect(answer.files[0]).toBe(file);
    expect(answer.files.length).toBeGreaterThan(1);
    expect(settingsOf(answer).machines.length).toBeGreaterThan(0);
  });

  test("is refused with every line that is wrong, and the code that ends the command", async () => {
    const file = put(sample.replace("gatewayId:", "gatewayIdd:"));
    const answer = await readSettings(file);
    expect(() => settingsOf(answer)).toThrow(
      expect.objectContaining({
        code: "BAD_CONFIGURATION",
        message: expect.stringContaining("gatewayIdd"),
      }),
    );
    expect(answer.files).toContain(file);
  });

  test("a process that cannot be had is told with its cause, and may be asked for again", async () => {
    const file = put(sample);
    const program = process.execPath;
    process.execPath = join(folder, "no-such-program");
    try {
      await expect(readSettings(file)).rejects.toMatchObject({
        code: "SETTINGS_NOT_READ",
        retryable: true,
        cause: { code: "ENOENT" },
      });
    } finally {
      process.execPath = program;
    }
  });

  test("a file that is not there is told", async () => {
    const answer = await readSettings(join(folder, "nowhere.yaml"));
    expect(answer.refused).toMatchObject({ code: "BAD_CONFIGURATION" });
  });
});
