import { path } from "../../api-client.ts";
import { inLanguage, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/telemetry-texts.ts";
import { useResource } from "../../live/use-resource.ts";
import type { ListOf, SignalNow } from "../../types.ts";
import type { PickedMachine } from "../machine-picker.tsx";
import { machineType } from "../machine-type.ts";
import { Problem } from "../problem.tsx";

const { t } = textsOf(texts);

/** Check boxes `signal`, by type of machine. */
export function SignalChoice({ machines }: { readonly machines: readonly PickedMachine[] }) {
  const firstOfType = new Map(machines.toReversed().map((one) => [one.plan, one]));
  if (machines.length === 0) return <p class="faint">{t("machineFirst")}</p>;
  return (
    <div class="signal-choice">
      {[...firstOfType.values()].map((machine) => (
        <SignalsOf key={machine.plan} machine={machine} />
      ))}
    </div>
  );
}

function SignalsOf({ machine }: { readonly machine: PickedMachine }) {
  const { machineId } = machine;
  const { data, error } = useResource<ListOf<SignalNow>>(path`/machines/${machineId}/signals`);
  // A signal of several control units is one series here.
  const stored = data?.items.filter(({ derivedFrom }) => derivedFrom === undefined);
  const byName = new Map(stored?.map((one) => [one.name, one]));
  return (
    <fieldset aria-busy={data === undefined}>
      <legend>{machineType(machine)}</legend>
      <Problem error={error} />
      {data !== undefined && byName.size === 0 && <p class="faint">{t("noneYet")}</p>}
      {[...byName.values()].map(({ name, title }) => (
        <label key={name} class="check">
          <input type="checkbox" name="signal" value={name} />
          <span>
            {inLanguage(title)}
            {inLanguage(title) !== name && <small class="id"> {name}</small>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
