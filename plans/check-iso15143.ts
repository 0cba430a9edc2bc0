import { isConvertible } from "./convert-unit.ts";
import { type Iso15143Quantity, iso15143Units } from "./iso15143-schema.ts";
import { type PlanMistake, unknownName } from "./plan-mistake.ts";
import type { Plan } from "./plan-schema.ts";

/** Names that are no signals, and signals whose unit measures something else. */
export function checkIso15143({ acquisition, iso15143 }: Plan): PlanMistake[] {
  const known = Object.keys(acquisition.signals);
  const found = (iso15143?.switches ?? []).flatMap((name, index) =>
    unknownName("signal", name, { known, path: ["iso15143", "switches", index] }),
  );
  for (const [quantity, name] of Object.entries(iso15143?.signals ?? {})) {
    const path = ["iso15143", "signals", quantity];
    const unit = acquisition.signals[name]?.unit;
    const wanted: string | undefined = iso15143Units[quantity as Iso15143Quantity];
    found.push(...unknownName("signal", name, { known, path }));
    // A key that the schema does not know is its business.
    if (unit !== undefined && wanted !== undefined && !isConvertible(unit, wanted))
      found.push({ path, message: `"${name}" is in ${unit}, which is no ${wanted}`, at: "value" });
  }
  return found;
}
