import { join } from "node:path";
import type { Logger } from "@firebreak/kit/logger.ts";
import { createLearnedModels, type LearnedModels } from "../learned/learned-models.ts";
import { hubPlanFolders } from "./hub-plans.ts";

/** What rules of the hub's plans learn, kept in its data folder; how it goes is told in the log. */
export function hubLearned(
  { data, plansFolder }: { readonly data: string; readonly plansFolder?: string },
  parent: Logger,
): LearnedModels {
  const log = parent.child({ component: "learned" });
  const folders = hubPlanFolders(plansFolder);
  return createLearnedModels({
    folderOf: ({ plan }) => folders.get(plan),
    keepIn: join(data, "models"),
    tell: ({ error, ...news }) =>
      error
        ? log.error({ err: error, code: error.code, ...news }, "a rule cannot judge: no model")
        : log.info(news, "a rule learns from lives of its part"),
  });
}
