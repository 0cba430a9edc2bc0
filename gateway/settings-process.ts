import { answerSettings } from "./answer-settings.ts";

// The whole program of the process that `read-settings.ts` starts: reads one configuration, answers, ends.
process.send?.(answerSettings(process.argv[2] ?? ""), () => process.disconnect());
