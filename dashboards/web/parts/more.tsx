import { t } from "../i18n/language.ts";

export const pageSize = 100;
const mostShown = 1000;

interface Props {
  readonly list: { readonly next: string | null } | undefined;
  /** How many are asked for. */
  readonly shown: { value: number };
  readonly step?: number;
}

/** Lengthens a list that is asked for anew with more rows, as far as the interface gives one. */
export function More({ list, shown, step = pageSize }: Props) {
  if (!list?.next || shown.value >= mostShown) return null;
  return (
    <MoreButton
      onMore={() => {
        shown.value = Math.min(mostShown, shown.value + step);
      }}
    />
  );
}

interface ButtonProps {
  readonly onMore: () => void;
  readonly isBusy?: boolean;
}

export const MoreButton = ({ onMore, isBusy = false }: ButtonProps) => (
  <p class="more">
    <button type="button" data-testid="show-more" disabled={isBusy} onClick={onMore}>
      {t("showMore")}
    </button>
  </p>
);
