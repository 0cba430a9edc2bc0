import { Plan } from "./plan-schema.ts";

/** The JSON Schema of a plan file for editors; `plan.schema.json` holds its text, and a test keeps the two alike. */
export const planJsonSchema = (): string =>
  `${JSON.stringify(
    {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      title: "Firebreak service plan",
      ...Plan,
    },
    null,
    2,
  )}\n`;
