import { writeSync } from "node:fs";
import { configurationHash } from "@firebreak/wire/configuration-codec.ts";
import { readState, writeState } from "./state-file.ts";
import { begin, confirm, inForce, restarted, rollBack } from "./trial.ts";

/** One trial after the other, on disk each, as fast as the disk takes them: to be killed at any instant. */
const [, , path = ""] = process.argv;
let { state } = readState(path);
state = restarted(state);
writeState(path, state);
for (let version = (state.newest?.version ?? 0) + 1; ; version++) {
  const text = `version: 1\nbatchAgeMs: ${1_000 + (version % 50_000)}\n${"# filling\n".repeat(version % 400)}`;
  const document = { version, hash: configurationHash(text), text };
  state = begin(state, document);
  writeState(path, state);
  state = version % 2 === 0 ? confirm(state, document) : rollBack(state, { reason: "no word" });
  writeState(path, state);
  // Past the stream, which would keep what a busy reader has not taken: nothing goes on before it is said.
  writeSync(1, `${version} ${inForce(state)?.version ?? 0}\n`);
}
