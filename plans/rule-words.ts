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

/** What a rule says beside that whose episodes return to normal by themselves. */
export const ofEpisodes = {
  ...ruleCommon,
  latched: Type.Optional(
    Type.Boolean({
      description:
        "whether an episode whose condition has returned to normal stays until a person has looked (IEC 62682, latched); default: whether its failure mode is safetyRelated and of nature component or sensor",
    }),
  ),
};

/** What a rule of one signal says beside that. */
export const ofOneSignal = {
  signal: SignalName,
  context: Type.Optional(Id),
  failureMode: Id,
};
