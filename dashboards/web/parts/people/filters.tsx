import { textsOf } from "../../i18n/language.ts";
import { texts as organisationTexts } from "../../i18n/pages/organisation-texts.ts";
import { query, setQuery } from "../../router.ts";

const { t } = textsOf(organisationTexts);

interface FilterProps {
  /** In the address. */
  readonly name: string;
  readonly label: string;
  /** The choice that filters nothing. */
  readonly all: string;
  readonly words: readonly string[];
  readonly textOf: (word: string) => string;
}

/** One word of a vocabulary as a filter in the address. */
export const Filter = ({ name, label, all, words, textOf }: FilterProps) => (
  <label>
    <span class="unseen">{label}</span>
    <select
      name={name}
      data-testid={`filter-${name}`}
      value={query.value.get(name) ?? ""}
      onChange={(event) => setQuery({ [name]: event.currentTarget.value })}
    >
      <option value="">{all}</option>
      {words.map((one) => (
        <option key={one} value={one}>
          {textOf(one)}
        </option>
      ))}
    </select>
  </label>
);

/** What is typed goes to the address as `search`. */
export const SearchBox = ({ hint }: { hint: string }) => (
  <label class="search">
    <span class="unseen">{hint}</span>
    <input
      type="search"
      name="search"
      placeholder={hint}
      value={query.value.get("search") ?? ""}
      onInput={(event) => setQuery({ search: event.currentTarget.value })}
    />
  </label>
);

/** A path with those filters of the address that are set. */
export function filtered(
  path: string,
  names: readonly string[],
  fixed: Readonly<Record<string, string | number>>,
): string {
  const wanted = new URLSearchParams();
  for (const name of names) {
    const value = query.value.get(name)?.trim() ?? "";
    if (value !== "") wanted.set(name, value);
  }
  for (const [name, value] of Object.entries(fixed)) wanted.set(name, String(value));
  return `${path}?${wanted}`;
}

/** Asks for more of a list, up to what the interface gives at once. */
export const ShowMore = ({
  next,
  limit,
  onMore,
}: {
  next: string | null | undefined;
  limit: number;
  onMore: (limit: number) => void;
}) =>
  next && limit < 1000 ? (
    <p class="more">
      <button type="button" onClick={() => onMore(Math.min(1000, limit * 2))}>
        {t("more")}
      </button>
    </p>
  ) : null;
