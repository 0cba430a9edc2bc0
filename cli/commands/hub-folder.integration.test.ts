import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli, temporaryFolder } from "../../test/product.fixture.ts";
import { readOrCreateStoreId } from "../hub/hub-files.ts";

test.each([
  { command: "enroll", rest: ["pump-gateway-7", "--machine", "PUMP-7"], makes: "gateways" },
  { command: "token", rest: [], makes: "tokens" },
  { command: "aemp", rest: ["add", "ERP", "--whole-fleet"], makes: "aemp-clients" },
])("$command gives no right in a folder that no hub has, and makes none there", async (of) => {
  const folder = temporaryFolder("hub-folder");
  const data = join(folder, "mistyped");
  const run = () => runCli([of.command, ...of.rest, "--data", data]);
  const refused = await run();
  expect(refused.stdout).toBe("");
  expect(refused.stderr).toContain(`${data} is no hub's data folder`);
  expect(refused.code).not.toBe(0);
  expect(readdirSync(folder)).toEqual([]);
  const storeId = readOrCreateStoreId(data);
  const given = await run();
  expect({ code: given.code, stderr: given.stderr }).toEqual({ code: 0, stderr: "" });
  expect(readdirSync(data).toSorted()).toEqual([of.makes, "store.json"].toSorted());
  expect(readFileSync(join(data, "store.json"), "utf8")).toContain(storeId);
});
