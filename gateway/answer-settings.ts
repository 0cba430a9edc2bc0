import { CodedError } from "@firebreak/kit/coded-error.ts";
import { filesOfConfig, readGatewaySettings } from "./config.ts";
import type { SettingsAnswer } from "./read-settings.ts";

/** Reads a configuration in this process. What is wrong with it is part of the answer. */
export function answerSettings(file: string): SettingsAnswer {
  const files = filesOfConfig(file);
  try {
    return { files, settings: readGatewaySettings(file) };
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return { files, refused: { code: error.code, message: error.message } };
  }
}
