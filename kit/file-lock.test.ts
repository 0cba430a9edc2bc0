import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { lockFolder } from "./file-lock.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lock-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const locks = () => readdirSync(folder).filter((name) => name.startsWith("lock."));
const boot = () => readFileSync("/proc/sys/kernel/random/boot_id", "latin1").slice(0, 8);
const holdingChild = `
  const { lockFolder } = await import(process.argv[1]);
  try { lockFolder(process.argv[2]); console.log("held"); setInterval(() => {}, 1000); }
  catch (error) { console.log(error.code); process.exit(3); }`;
const childArguments = () => {
  const module = new URL("./file-lock.ts", import.meta.url).href;
  return ["--input-type=module", "-e", holdingChild, module, folder];
};

describe("lockFolder", () => {
  test("refuses a second holder in the same process and names its pid", () => {
    const lock = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(
      expect.objectContaining({
        code: "FOLDER_IN_USE",
        message: expect.stringMatching(`${process.pid}$`),
      }),
    );
    lock.release();
    lockFolder(folder).release();
    expect(locks()).toEqual([]);
  });

  test("refuses a second process while the first lives", () => {
    const lock = lockFolder(folder);
    const second = spawnSync(process.execPath, childArguments(), { encoding: "utf8" });
    expect(second.stdout.trim()).toBe("FOLDER_IN_USE");
    lock.release();
  });

  test("takes over from a process that was killed", async () => {
    const child = spawn(process.execPath, childArguments(), {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    expect(() => lockFolder(folder)).toThrow(String(child.pid));
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
    lockFolder(folder).release();
    expect(locks()).toEqual([]);
  });

  test.runIf(process.platform === "linux").each([
    { name: "whose number another process has now", left: () => `lock.${process.pid}.1.${boot()}` },
    { name: "of another boot", left: () => `lock.${process.pid}.1.00000000` },
    { name: "that does not exist", left: () => `lock.4194304.1.${boot()}` },
  ])("takes over from a process $name", ({ left }) => {
    writeFileSync(join(folder, `${left()}.0badcafe`), "");
    lockFolder(folder).release();
    expect(locks()).toEqual([]);
  });

  test("leaves other files alone", () => {
    writeFileSync(join(folder, "lock.txt"), "mine");
    lockFolder(folder).release();
    expect(readdirSync(folder)).toEqual(["lock.txt"]);
  });
});
