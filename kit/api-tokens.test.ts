import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createToken, verifyToken } from "./api-tokens.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "firebreak-tokens-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const onlyFile = () => join(folder, "tokens", readdirSync(join(folder, "tokens"))[0] ?? "");

describe("API tokens", () => {
  test("a created token verifies with its role", () => {
    const token = createToken(folder, "dispatcher");
    expect(token).toMatch(/^fb_[0-9a-f]{12}_[0-9a-f]{64}$/);
    expect(verifyToken(folder, token)).toEqual({ id: token.slice(3, 15), role: "dispatcher" });
  });

  test("tells whose it is where that was said", () => {
    const token = createToken(folder, "engineer", { engineerId: "E-7", stationId: undefined });
    const id = token.slice(3, 15);
    expect(verifyToken(folder, token)).toEqual({ id, role: "engineer", engineerId: "E-7" });
  });

  test("the file holds no secret and is private", () => {
    const token = createToken(folder, "viewer", { nowMs: 0 });
    expect(statSync(onlyFile()).mode & 0o777).toBe(0o600);
    const text = readFileSync(onlyFile(), "utf8");
    expect(text).not.toContain(token.slice(16));
    expect(JSON.parse(text)).toMatchObject({
      role: "viewer",
      createdAt: "1970-01-01T00:00:00.000Z",
    });
  });

  test.each([
    { name: "another secret", bend: (token: string) => token.slice(0, 16) + "0".repeat(64) },
    { name: "an unknown id", bend: (token: string) => `fb_000000000000_${token.slice(16)}` },
    { name: "a path in the id", bend: () => `fb_../../../etc_${"0".repeat(64)}` },
    { name: "nothing", bend: () => "" },
  ])("refuses $name", ({ bend }) => {
    expect(verifyToken(folder, bend(createToken(folder, "admin")))).toBeUndefined();
  });

  test("a removed file revokes at once, a damaged one refuses", () => {
    const token = createToken(folder, "admin");
    expect(verifyToken(folder, token)).toBeDefined();
    writeFileSync(onlyFile(), '{"role":"root"}');
    expect(verifyToken(folder, token)).toBeUndefined();
    rmSync(onlyFile());
    expect(verifyToken(folder, token)).toBeUndefined();
  });
});
