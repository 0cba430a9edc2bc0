import type { TSchema } from "typebox";
import { Value } from "typebox/value";

/** A configuration in which the keys that have a default are there. */
export type WithDefaults<Config, Key extends keyof Config> = Omit<Config, Key> &
  Required<Pick<Config, Key>>;

/** A copy of a checked configuration in which the schema's defaults stand for what was left out. */
export const withDefaults = <Config>(schema: TSchema, config: object): Config =>
  Value.Default(schema, structuredClone(config)) as Config;
