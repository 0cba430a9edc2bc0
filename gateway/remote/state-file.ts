import { readFileSync } from "node:fs";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import { writeFileDurably } from "@firebreak/kit/files.ts";
import { configurationHash } from "@firebreak/wire/configuration-codec.ts";
import { noLayer, type RemoteState } from "./trial.ts";

/** Beside the gateway's own file, which is never written to. */
export const stateFileOf = (configFile: string): string => `${configFile}.remote.json`;

/** What the last run left; `isDamaged`: it was there and could not be read, so the gateway's own file alone counts. */
export function readState(path: string): { readonly state: RemoteState; isDamaged: boolean } {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    return { state: noLayer, isDamaged: errorCode(error) !== "ENOENT" };
  }
  try {
    const state = JSON.parse(text) as RemoteState;
    const documents = [state.confirmed, state.trial];
    const isWhole = documents.every(
      (one) => one === null || one.hash === configurationHash(one.text),
    );
    if (state.format === 1 && isWhole && state.newest !== undefined)
      return { state, isDamaged: false };
  } catch {
    // Told by the answer.
  }
  return { state: noLayer, isDamaged: true };
}

/** In one step, and on disk when it returns. */
export const writeState = (path: string, state: RemoteState): void =>
  writeFileDurably(path, `${JSON.stringify(state, null, 2)}\n`);
