import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { query, setQuery } from "../router.ts";
import { SettledInput } from "./settled-input.tsx";

const typingPauseMs = 250;

interface FilterProps {
  readonly name: string;
  readonly label: string;
  /** Text of no filter. */
  readonly none: string;
  readonly words: readonly string[];
  readonly textOf: (word: string) => string;
}

/** One filter of the address, as a list to choose from. What the list does not have counts as none. */
export function Filter({ name, label, none, words, textOf }: FilterProps) {
  const asked = query.value.get(name) ?? "";
  return (
    <label class="filter">
      <span class="unseen">{label}</span>
      <select
        name={name}
        data-filter={name}
        value={words.includes(asked) ? asked : ""}
        onChange={(event) => setQuery({ [name]: event.currentTarget.value })}
      >
        <option value="">{none}</option>
        {words.map((word) => (
          <option key={word} value={word}>
            {textOf(word)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** A text of the address, which follows typing once it rests. */
export function SearchFilter({ name, hint }: { readonly name: string; readonly hint: string }) {
  const asked = query.value.get(name) ?? "";
  const typed = useSignal(asked);
  const text = typed.value.trim();
  useEffect(() => {
    // Somebody else has changed the address: all filters were cleared, say.
    if (asked !== typed.peek().trim()) typed.value = asked;
  }, [asked, typed]);
  useEffect(() => {
    const timer = setTimeout(() => setQuery({ [name]: text }), typingPauseMs);
    return () => clearTimeout(timer);
  }, [name, text]);
  return (
    <label class="search">
      <span class="unseen">{hint}</span>
      <input
        type="search"
        name={name}
        data-filter={name}
        placeholder={hint}
        value={typed.value}
        maxLength={200}
        onInput={(event) => {
          typed.value = event.currentTarget.value;
        }}
      />
    </label>
  );
}

/** A whole word of the address, which counts once it is complete: half a number finds nothing. */
export const ExactFilter = ({ name, hint }: { readonly name: string; readonly hint: string }) => (
  // biome-ignore lint/a11y/noLabelWithoutControl: the control is a component
  <label class="exact">
    <span class="unseen">{hint}</span>
    <SettledInput
      type="search"
      name={name}
      data-filter={name}
      placeholder={hint}
      value={query.value.get(name) ?? ""}
      maxLength={200}
      onSettled={(text) => setQuery({ [name]: text.trim() })}
    />
  </label>
);

/** The interface's address of a list, with those filters of the page's address that are set. */
export function listPath(
  path: string,
  names: readonly string[],
  always: Readonly<Record<string, string>>,
): string {
  const wanted = new URLSearchParams(always);
  for (const name of names) {
    const value = query.value.get(name);
    if (value) wanted.set(name, value);
  }
  return `${path}?${wanted}`;
}
