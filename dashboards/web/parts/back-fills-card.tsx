import { path } from "../api-client.ts";
import { formatSpan } from "../format.ts";
import { broken, longestStep } from "../gaps.ts";
import { inLanguage, language, textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/back-fills-texts.ts";
import { useResource } from "../live/use-resource.ts";
import { query } from "../router.ts";
import { toColumns } from "../signals.ts";
import type { BackFillRow, ListOf, Series, SignalNow } from "../types.ts";
import { Ago } from "./badges.tsx";
import { Problem } from "./problem.tsx";
import { EvidenceChart } from "./ticket/evidence-chart.tsx";

const { t } = textsOf(texts);

const everyMs = 60_000;
const mostDrawn = 3;
const points = 1_000;
const marginMs = 60_000;
/** Of a signal that the machine no longer has, s. */
const usualStep = 60;

/** What the rules found in data that came late, a summary for each back-fill; nothing where there is none. */
export function BackFillsCard({
  machineId,
  signals,
}: {
  readonly machineId: string;
  readonly signals: readonly SignalNow[];
}) {
  const { data } = useResource<ListOf<BackFillRow>>(
    path`/machines/${machineId}/back-fills`,
    everyMs,
  );
  const items = data?.items ?? [];
  if (items.length === 0) return null;
  const drawn = query.value.get("backFill");
  return (
    <section class="card back-fills" data-testid="back-fills">
      <h2>{t("title")}</h2>
      <p class="lead">{t("about")}</p>
      {items.map((one) => (
        <BackFill
          key={one.backFillId}
          {...{ machineId, signals, one }}
          isDrawn={drawn === one.backFillId}
        />
      ))}
    </section>
  );
}

interface Props {
  readonly machineId: string;
  readonly signals: readonly SignalNow[];
  readonly one: BackFillRow;
  readonly isDrawn: boolean;
}

function BackFill({ machineId, signals, one, isDrawn }: Props) {
  const { backFillId, from, to, receivedTo, events, isWhole, rules, page } = one;
  const [address = ""] = page.split("?");
  return (
    <article data-back-fill={backFillId}>
      <p>
        <b>{events === 1 ? t("one") : t("many", { count: events })}</b>{" "}
        <small>
          {formatSpan(from, to, language.value)}
          <span class="faint">
            {" · "}
            {t("received")} <Ago at={receivedTo} />
            {!isWhole && ` · ${t("toCome")}`}
          </span>
        </small>
      </p>
      <ul class="found-list">
        {rules.map(({ ruleId, about, count }) => (
          <li key={ruleId} data-rule={ruleId}>
            {inLanguage(about)}: {count === 1 ? t("once") : t("times", { count })}
          </li>
        ))}
      </ul>
      <a href={isDrawn ? address : page}>{isDrawn ? t("hide") : t("draw")}</a>
      {isDrawn && (
        <div class="evidence-charts">
          <Drawn {...{ machineId, signals, one }} />
        </div>
      )}
    </article>
  );
}

/** Signals of the most frequent rules, from the begin of the first event to the end of the data. */
function Drawn({ machineId, signals, one }: Omit<Props, "isDrawn">) {
  const names = [...new Set(one.rules.flatMap((rule) => rule.signals))].slice(0, mostDrawn);
  if (names.length === 0) return <p class="faint">{t("noSignal")}</p>;
  return names.map((name) => (
    <WindowChart
      key={name}
      {...{ machineId, name, one }}
      signal={signals.find((row) => row.name === name)}
    />
  ));
}

function WindowChart({
  machineId,
  name,
  one,
  signal,
}: {
  readonly machineId: string;
  readonly name: string;
  readonly one: BackFillRow;
  readonly signal: SignalNow | undefined;
}) {
  const [fromMs, toMs] = [Date.parse(one.judgedFrom), Date.parse(one.to)];
  const span = { from: String(fromMs - marginMs), to: String(toMs + marginMs) };
  const asked = new URLSearchParams({ signal: name, ...span, points: String(points) });
  const { data, error } = useResource<Series>(`${path`/machines/${machineId}/series`}?${asked}`);
  if (error) return <Problem error={error} />;
  if (data === undefined) return null;
  const step = longestStep(signal?.staleAfterSeconds ?? usualStep, (toMs - fromMs) / 1_000);
  const { t: seconds, value } = broken(toColumns(data), step);
  const { title = { en: name, "zh-CN": name }, unit = "" } = signal ?? {};
  const { from, to } = { from: new Date(fromMs - marginMs), to: new Date(toMs + marginMs) };
  const drawn = {
    ...{ signal: name, title, unit, limit: null },
    ...{ from: from.toISOString(), to: to.toISOString() },
    ...{ t: seconds.map((at) => new Date(at * 1_000).toISOString()), min: value, max: value },
  };
  return <EvidenceChart series={drawn} />;
}
