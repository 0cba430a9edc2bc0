import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { planJsonSchema } from "./plan-json-schema.ts";

test("plan.schema.json is the schema of the code (FIREBREAK_WRITE=1 writes it)", () => {
  const file = join(import.meta.dirname, "plan.schema.json");
  if (process.env.FIREBREAK_WRITE) writeFileSync(file, planJsonSchema());
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(planJsonSchema()));
});
