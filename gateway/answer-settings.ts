import { CodedError } from "@firebreak/kit/coded-error.ts";
import { filesOfConfig, LayerError, readGatewaySettings } from "./config.ts";
import type { SettingsAnswer } from "./read-settings.ts";

/** Reads a configuration in this process. What is wrong with it is part of the answer. */
export function answerSettings(file: string, layer?: string): SettingsAnswer {
  const files = filesOfConfig(file);
  try {
    return { files, settings: readGatewaySettings(file, layer) };
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    const problems = error instanceof LayerError ? { problems: error.problems } : {};
    return { files, refused: { code: error.code, message: error.message, ...problems } };
  }
}
