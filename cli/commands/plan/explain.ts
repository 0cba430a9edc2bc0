import { errorCode } from "@firebreak/kit/coded-error.ts";
import { openPlan } from "@firebreak/plans/load-plans.ts";
import { exitCodes } from "../../exit-codes.ts";
import { type AskedPlace, choosePlace } from "./choose-place.ts";
import { explainPlan } from "./explanation.ts";
import { textOf } from "./explanation-text.ts";
import { knownOrganisation, type OrganisationOptions, treeOf } from "./known-organisation.ts";

export interface ExplainOptions extends AskedPlace, OrganisationOptions {
  readonly json?: true;
}

/**
 * `firebreak plan explain`: what a plan means for a region, a segment and a customer, and which layer each value is from.
 * Exit 2 for a place that there is not, 78 for a broken plan or organisation.
 */
export async function explainPlans(idOrPath: string, options: ExplainOptions): Promise<void> {
  const organisation = await knownOrganisation(options);
  // The demonstration's tree says nothing of the regions that a plan of one's own may speak of.
  const opened = openPlan(idOrPath, organisation.isOwn ? treeOf(organisation.regions) : undefined);
  try {
    const { plan } = opened;
    const place = choosePlace(options, { plan, organisation, nowMs: Date.now() });
    const explanation = explainPlan(opened, place, organisation);
    process.stdout.write(
      options.json ? `${JSON.stringify(explanation, null, 2)}\n` : `${textOf(explanation)}\n`,
    );
  } catch (error) {
    if (errorCode(error) !== "PLAN_PLACE_UNKNOWN" || !(error instanceof Error)) throw error;
    process.stderr.write(`firebreak plan explain: ${error.message}\n`);
    process.exitCode = exitCodes.usage;
  }
}
