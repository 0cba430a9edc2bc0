import { answerSettings } from "./answer-settings.ts";

// The whole program of the process that `read-settings.ts` starts: is told what lies over the file, if anything, reads,
// answers, ends.
process.once("message", ({ layer }: { readonly layer?: string }) =>
  process.send?.(answerSettings(process.argv[2] ?? "", layer), () => process.disconnect()),
);
