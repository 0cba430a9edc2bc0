import { mkdtempSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  createCredential,
  createFleetCredentials,
  credentialPath,
  enrolmentOf,
  type GatewayCredential,
  verifyCredential,
} from "./credentials.ts";

const newFolder = () => mkdtempSync(join(tmpdir(), "firebreak-credentials-"));
const read = (folder: string, id: string) =>
  JSON.parse(readFileSync(credentialPath(folder, id), "utf8")) as GatewayCredential;

describe("credentials", () => {
  test("a new credential fits its password and no other", async () => {
    const folder = newFolder();
    const { password } = await createCredential(folder, "pump-7", ["P7"]);
    const credential = read(folder, "pump-7");
    expect(credential).toMatchObject({ gatewayId: "pump-7", machines: ["P7"] });
    expect(await verifyCredential(credential, password)).toBe(true);
    expect(await verifyCredential(credential, `${password}x`)).toBe(false);
    expect(await verifyCredential(credential, "")).toBe(false);
  });

  test("the file is for its user only and holds no password", async () => {
    const folder = newFolder();
    const { password } = await createCredential(folder, "pump-7", ["P7"]);
    expect(statSync(credentialPath(folder, "pump-7")).mode & 0o777).toBe(0o600);
    expect(readFileSync(credentialPath(folder, "pump-7"), "utf8")).not.toContain(password);
  });

  test("enrolling again makes the old password useless", async () => {
    const folder = newFolder();
    const first = await createCredential(folder, "pump-7", ["P7"]);
    const second = await createCredential(folder, "pump-7", ["P7", "P8"]);
    const credential = read(folder, "pump-7");
    expect(credential.machines).toEqual(["P7", "P8"]);
    expect(await verifyCredential(credential, first.password)).toBe(false);
    expect(await verifyCredential(credential, second.password)).toBe(true);
  });

  test.each(["", "../evil", "a/b", "a\\b", ".hidden", "a\u0000b"])(
    "refuses the id %j",
    async (id) => {
      await expect(createCredential(newFolder(), id, [])).rejects.toMatchObject({
        code: "BAD_GATEWAY_ID",
      });
    },
  );

  test("a damaged credential fits nothing", async () => {
    expect(await verifyCredential({ salt: "zz", hash: "" }, "")).toBe(false);
  });

  test("a fleet has one enrolment and one password, each gateway its own machine", async () => {
    const folder = newFolder();
    const fleet = ["1", "2"].map((at) => ({ gatewayId: `load-${at}`, machines: [`LOAD-${at}`] }));
    const made = await createFleetCredentials(folder, fleet, { isKeyless: false });
    for (const { gatewayId, machines } of fleet) {
      const credential = read(folder, gatewayId);
      expect(credential.machines).toEqual(machines);
      expect(enrolmentOf(credential)).toBe(made.enrolment);
      expect(await verifyCredential(credential, made.password ?? "")).toBe(true);
      expect(statSync(credentialPath(folder, gatewayId)).mode & 0o777).toBe(0o600);
    }
    const again = await createFleetCredentials(folder, fleet, { isKeyless: true });
    expect(again.password).toBeUndefined();
    const keyless = read(folder, "load-1");
    expect(enrolmentOf(keyless)).toBe(again.enrolment);
    expect(await verifyCredential(keyless, made.password ?? "")).toBe(false);
  });
});
