import { actionMessages } from "./action-messages.ts";
import { errorMessages } from "./error-messages.ts";
import { fmiMessages } from "./fmi-messages.ts";
import { hubMessages } from "./hub-messages.ts";
import { machineMessages } from "./machine-messages.ts";
import { stateMessages } from "./state-messages.ts";
import { workEventMessages } from "./work-event-messages.ts";

/** Texts of all pages but the first; they come with the code of whichever is opened. */
export const lateMessages = {
  ...machineMessages,
  ...stateMessages,
  ...actionMessages,
  ...workEventMessages,
  ...errorMessages,
  ...fmiMessages,
  ...hubMessages,
} as const;
