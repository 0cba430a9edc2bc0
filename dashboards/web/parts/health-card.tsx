import { useEffect } from "preact/hooks";
import { path } from "../api-client.ts";
import { formatNumber, formatPercent } from "../format.ts";
import { whenText } from "../gateway-text.ts";
import { inLanguage, language, textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/health-texts.ts";
import { onLive } from "../live/live-events.ts";
import { useResource } from "../live/use-resource.ts";
import { ticketPath } from "../router.ts";
import type { MachineHealth } from "../types.ts";
import { Problem } from "./problem.tsx";

const { t, word } = textsOf(texts);
type Factor = MachineHealth["factors"][number];
type Part = MachineHealth["outlook"]["parts"][number];

const shownParts = 5;

/** How a machine is, what takes how much off its index since when, and what its parts will do next. */
export function HealthCard({ machineId }: { machineId: string }) {
  const health = useResource<MachineHealth>(path`/machines/${machineId}/health`, 60_000);
  const { data, reload } = health;
  const index = data?.index;
  useEffect(
    () =>
      onLive("machine", (row) => {
        if (row.machineId === machineId && row.health !== index) reload();
      }),
    [machineId, index, reload],
  );
  if (data === undefined) return <Problem error={health.error} />;
  return (
    <section class="card health-card" data-testid="health" data-index={data.index}>
      <div class="card-head">
        <h2>{t("health")}</h2>
        {data.asOf !== null && <span class="faint">{whenText(data.asOf)}</span>}
      </div>
      {data.index === "unknown" ? (
        <p class="lead">{t("unknown")}</p>
      ) : (
        <Meter index={data.index} status={data.status} />
      )}
      {data.factors.length > 0 && (
        <ul class="plain factors" aria-label={t("lowers")}>
          {data.factors.map((factor) => (
            <FactorRow key={`${factor.cause} ${factor.component} ${factor.about}`} of={factor} />
          ))}
        </ul>
      )}
      {data.factors.length === 0 && data.index !== "unknown" && (
        <p class="even">{t("nothingWrong")}</p>
      )}
      <Components of={data.components} />
      <Outlook of={data.outlook} />
    </section>
  );
}

function Meter({ index, status }: { index: number; status: MachineHealth["status"] }) {
  return (
    <p class={`health-meter ${status}`}>
      <b>{index}</b>
      <span>{word("health", status)}</span>
      <meter
        min={0}
        low={60}
        high={85}
        max={100}
        optimum={100}
        value={index}
        aria-label={t("health")}
      />
    </p>
  );
}

function FactorRow({ of: factor }: { of: Factor }) {
  const { cause, about, title, sentence, since, lowersBy } = factor;
  const named = title === null ? null : inLanguage(title);
  return (
    <li data-cause={cause}>
      <b class="points">{t("points", { points: formatNumber(lowersBy, language.value, 1) })}</b>
      <div>
        <b>{named ?? causeText(factor)}</b>
        {named !== null && cause !== "episode" && <span> {causeText(factor)}</span>}
        {cause === "overdue" && (
          <span>
            {" "}
            <a href={ticketPath(about)}>{about}</a>
          </span>
        )}
        {since !== null && <span class="faint"> {t("since", { at: whenText(since) })}</span>}
        {sentence !== null && <p>{inLanguage(sentence)}</p>}
      </div>
    </li>
  );
}

function causeText({ cause, about }: Factor): string {
  if (cause === "connectivity") return `${t("cause.connectivity")} (${word("silence", about)})`;
  return t(`cause.${cause}`, { about });
}

/** Those that people have a name for; what is unknown is said so. */
function Components({ of: components }: { of: MachineHealth["components"] }) {
  const named = components.filter(({ title }) => title !== null);
  if (named.length === 0) return null;
  return (
    <ul class="plain component-chips" aria-label={t("components")}>
      {named.map(({ component, title, index }) => (
        <li key={component} data-component={component} data-index={index}>
          {title && inLanguage(title)}{" "}
          <b>{index === "unknown" ? word("health", "unknown") : index}</b>
        </li>
      ))}
    </ul>
  );
}

function Outlook({ of: { days, chance, parts } }: { of: MachineHealth["outlook"] }) {
  const [first, rest] = [parts.slice(0, shownParts), parts.slice(shownParts)];
  return (
    <div data-testid="outlook">
      <h3>{t("outlook", { days })}</h3>
      {chance === null ? (
        <p class="faint">{t("noOutlook")}</p>
      ) : (
        <p>{t("outlookChance", { share: formatPercent(chance, language.value) })}</p>
      )}
      {first.length > 0 && <PartRows parts={first} days={days} />}
      {rest.length > 0 && (
        <details>
          <summary>{t("showAll", { count: parts.length })}</summary>
          <PartRows parts={rest} days={days} />
        </details>
      )}
    </div>
  );
}

function PartRows({ parts, days }: { parts: readonly Part[]; days: number }) {
  const whole = (value: number) => formatNumber(value, language.value, 0);
  return (
    <table class="rows outlook">
      <thead>
        <tr>
          <th scope="col">{t("part")}</th>
          <th scope="col">{t("chance", { days })}</th>
          <th scope="col">{t("left")}</th>
          <th scope="col">{t("basis")}</th>
        </tr>
      </thead>
      <tbody>
        {parts.map((part) => (
          <tr key={part.position} data-position={part.position}>
            <th scope="row">
              {inLanguage(part.title)} <small class="id">{part.partNo}</small>
            </th>
            <td data-label={t("chance", { days })}>{formatPercent(part.chance, language.value)}</td>
            <td data-label={t("left")}>
              {part.p90Days < 1
                ? t("nothingLeft")
                : t("leftText", {
                    p10: whole(part.p10Days),
                    p50: whole(part.p50Days),
                    p90: whole(part.p90Days),
                  })}
            </td>
            <td data-label={t("basis")}>
              {part.methods.map(({ method }) => t(`method.${method}`)).join(" + ")}
              {part.isCalibrated && <small class="faint"> {t("calibrated")}</small>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
