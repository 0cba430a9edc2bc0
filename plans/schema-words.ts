// Words that the schemas of all sections of a plan share.
import { type Static, Type } from "typebox";

export const closed = { additionalProperties: false } as const;
export const Byte = { minimum: 0, maximum: 255 };
export const literals = <const Name extends string>(
  names: readonly Name[],
  options: { description?: string } = {},
) => Type.Enum(names, options);
export const Id = Type.String({ pattern: "^[a-z][a-z0-9-]*$", description: "kebab-case id" });
export const SignalName = Type.String({
  pattern: "^[a-z][A-Za-z0-9]*$",
  description: "camelCase name, stable for ever: another unit, scale or type is another signal",
});
export const Text = Type.Object(
  { en: Type.String({ minLength: 1 }), "zh-CN": Type.String({ minLength: 1 }) },
  { ...closed, description: "text in both languages of the user interface" },
);
export type Text = Static<typeof Text>;
