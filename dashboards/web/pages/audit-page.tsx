import type { AuditEntry } from "@firebreak/tickets/audit/audit-entry.ts";
import { formatTime } from "../format.ts";
import { language, textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/audit-texts.ts";
import { usePages } from "../live/use-pages.ts";
import { usePageTitle } from "../page-title.ts";
import { Field, textIn } from "../parts/form.tsx";
import { MoreButton } from "../parts/more.tsx";
import { Problem } from "../parts/problem.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { query, setQuery } from "../router.ts";

const { t } = textsOf(texts);

const words = ["actor", "action", "subjectKind", "subjectId"] as const;
const days = ["from", "to"] as const;
const DAY_MS = 86_400_000;

/** What the address asks for; `to` is a day that counts whole. */
function wanted(): string {
  const params = new URLSearchParams();
  for (const name of words) {
    const value = query.value.get(name);
    if (value) params.set(name, value);
  }
  for (const name of days) {
    const ms = Date.parse(`${query.value.get(name)}T00:00:00`);
    if (!Number.isNaN(ms))
      params.set(name, new Date(ms + (name === "to" ? DAY_MS : 0)).toISOString());
  }
  return `/audit?${params}`;
}

const columns = (): Column<AuditEntry>[] => [
  {
    key: "at",
    title: t("at"),
    isHead: true,
    value: ({ at }) => at,
    cell: ({ at }) => <time dateTime={at}>{formatTime(at, language.value)}</time>,
  },
  { key: "actor", title: t("actor"), value: ({ actor }) => actor, cell: ({ actor }) => actor },
  {
    key: "action",
    title: t("action"),
    value: ({ action }) => action,
    cell: ({ action }) => <span class="code-text">{action}</span>,
  },
  {
    key: "subject",
    title: t("subject"),
    cell: ({ subjectKind, subjectId }) => [subjectKind, subjectId].filter(Boolean).join(" "),
  },
  {
    key: "facts",
    title: t("facts"),
    cell: ({ facts }) => (
      <span class="code-text faint">
        {Object.entries(facts)
          .map(([name, value]) => `${name} ${value}`)
          .join(" · ")}
      </span>
    ),
  },
];

/** Who did what, newest first. */
export function AuditPage() {
  usePageTitle(t("audit"));
  const list = usePages<AuditEntry>(wanted(), {
    pageSize: 100,
    keyOf: ({ entryId }) => entryId,
    pollMs: 30_000,
  });
  return (
    <section class="page">
      <header>
        <h1>{t("audit")}</h1>
        <p class="lead">{t("about")}</p>
      </header>
      <form
        class="filter-form"
        data-testid="audit-filter"
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          setQuery(
            Object.fromEntries([...days, ...words].map((name) => [name, textIn(form, name)])),
          );
        }}
      >
        {[...days, ...words].map((name) => (
          <Field key={name} label={t(name)}>
            {name === "from" || name === "to" ? (
              <input name={name} type="date" defaultValue={query.value.get(name) ?? ""} />
            ) : (
              <input name={name} maxLength={120} defaultValue={query.value.get(name) ?? ""} />
            )}
          </Field>
        ))}
        <button type="submit">{t("filter")}</button>
      </form>
      <Problem error={list.error} />
      <Table
        rows={list.data?.items}
        columns={columns()}
        rowKey={({ entryId }) => entryId}
        empty={t("empty")}
        testid="audit"
      />
      {list.data?.next && <MoreButton onMore={list.more} isBusy={list.isBusy} />}
    </section>
  );
}
