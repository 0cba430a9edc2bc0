import { useState } from "preact/hooks";

interface Props {
  /** What counts now. */
  readonly value: string;
  readonly onSettled: (text: string) => void;
  readonly type?: "search" | "number";
  readonly name?: string;
  readonly placeholder?: string;
  /** Id of the list of what may be meant. */
  readonly list?: string;
  readonly maxLength?: number;
  readonly min?: number;
  readonly max?: number;
  readonly "data-filter"?: string;
}

/**
 * A text that counts once it is finished, by Enter or by leaving the field. Until then it stays as it was typed, however
 * often the page is drawn anew.
 */
export function SettledInput({ value, onSettled, ...rest }: Props) {
  const [typed, type] = useState<string | undefined>(undefined);
  return (
    <input
      {...(rest as object)}
      value={typed ?? value}
      onInput={({ currentTarget }) => type(currentTarget.value)}
      onChange={({ currentTarget }) => {
        type(undefined);
        onSettled(currentTarget.value);
      }}
      onBlur={() => type(undefined)}
    />
  );
}
