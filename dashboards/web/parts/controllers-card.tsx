import { path } from "../api-client.ts";
import { formatTime } from "../format.ts";
import { language, textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/controllers-texts.ts";
import { useResource } from "../live/use-resource.ts";
import type { ControllerRow } from "../types.ts";

const { t, word } = textsOf(texts);
const mostChanges = 5;

type Fields = ControllerRow["facts"][number]["fields"];

/** Who the control units of a machine say they are, and what has changed: an exchanged one, another software. */
export function ControllersCard({ machineId }: { readonly machineId: string }) {
  const reply = useResource<{ items: readonly ControllerRow[] }>(
    path`/machines/${machineId}/controllers`,
    30_000,
  );
  const items = reply.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <section class="card" data-testid="controllers">
      <h2>{t("controllers")}</h2>
      <p class="lead">{t("about")}</p>
      <ul class="plain-list">
        {items.map((item) => (
          <Line key={`${item.network} ${item.sa}`} item={item} />
        ))}
      </ul>
    </section>
  );
}

function Line({ item: { network, sa, facts, changes } }: { readonly item: ControllerRow }) {
  return (
    <li data-network={network} data-sa={sa}>
      <b>{network === 0 ? t("place", { sa }) : t("placeInNetwork", { sa, network })}</b>
      {facts.map(({ fact, fields, since }) => (
        <p key={fact} data-fact={fact}>
          {word("fact", fact)} <span class="id">{textOf(fields)}</span>{" "}
          <span class="faint">{t("since", { at: timeOf(since) })}</span>
        </p>
      ))}
      {changes.slice(0, mostChanges).map(({ fact, at, before, after }) => (
        <p key={`${fact} ${at}`} class="faint" data-change={fact}>
          <time dateTime={at} title={at}>
            {timeOf(at)}
          </time>{" "}
          {t("changed", { fact: word("fact", fact) })} <span class="id">{textOf(before)}</span> →{" "}
          <span class="id">{textOf(after)}</span>
        </p>
      ))}
    </li>
  );
}

const timeOf = (at: string): string => formatTime(at, language.value);

const textOf = (fields: Fields): string =>
  fields === null ? t("hidden") : fields.filter((field) => field !== "").join(" · ");
