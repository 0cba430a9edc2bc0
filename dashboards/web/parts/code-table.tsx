import { canopenNetworks, hexCode, lampsOn } from "../evidence/evidence-sentence.ts";
import { fmiWord } from "../evidence/evidence-words.ts";
import { inLanguage, language, t } from "../i18n/language.ts";
import type { TroubleCode } from "../types.ts";
import { Ago } from "./badges.tsx";

/** What control units say is wrong now, with the lamps they light. */
export function CodeTable({ codes }: { codes: readonly TroubleCode[] | undefined }) {
  if (codes?.length === 0) return <p class="empty">{t("noCodes")}</p>;
  return (
    <ul class="codes" data-testid="codes">
      {codes?.map((code) => {
        const { network = 0, sa, spn, fmi, oc, lamps, title, state, since } = code;
        const isActive = state === "active";
        const lit = isActive ? lampsOn(lamps) : [];
        return (
          <li
            key={`${network}/${sa}:${spn}:${fmi}`}
            class={isActive ? undefined : "faint"}
            data-spn={spn}
            data-fmi={fmi}
            data-sa={sa}
            data-state={state}
          >
            <span class="lamps">
              {lit.map((lamp) => (
                <i key={lamp} class={`lamp ${lamp} ${lamps[lamp]}`} title={t(`lamp.${lamp}`)} />
              ))}
              {lit.length === 0 && <i class="lamp none" title={t("lamp.none")} />}
            </span>
            <div>
              <b>{title === null ? t("uncatalogued") : inLanguage(title)}</b>
              <p class="code">
                {codeName(code)}
                {!isActive && ` · ${t(`codeState.${state}`)}`}
                {oc !== null && ` · ${t("occurrences")} ${oc}`}
              </p>
              <p>
                {network < canopenNetworks && fmiWord(language.value, fmi)}
                {lit.length > 0 && ` · ${lit.map((lamp) => t(`lamp.${lamp}`)).join(", ")}`}
              </p>
            </div>
            {since !== null && <Ago at={since} />}
          </li>
        );
      })}
    </ul>
  );
}

const codeName = ({ network = 0, sa, spn, fmi }: TroubleCode): string =>
  network < canopenNetworks
    ? `SPN ${spn} · FMI ${fmi} · SA ${sa}`
    : `EMCY ${hexCode(spn)} · ${t("canopenNode")} ${sa}`;
