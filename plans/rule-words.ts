import { Type } from "typebox";
import { Id, literals, SignalName, Text } from "./schema-words.ts";

/** What every rule says, whatever its kind. */
export const ruleCommon = {
  id: Id,
  about: Text,
  severity: literals(["info", "warning", "critical"]),
  mode: Type.Optional(
    literals(["active", "shadow"], {
      description:
        "shadow: what it finds is shown and counted, and opens no ticket; default active",
    }),
  ),
};

/** What a rule of one signal says beside that. */
export const ofOneSignal = {
  signal: SignalName,
  context: Type.Optional(Id),
  failureMode: Id,
};
