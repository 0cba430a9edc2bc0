import { may } from "../../api-client.ts";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/stock-texts.ts";
import { serverNowMs } from "../../live/now.ts";
import type { Permission } from "../../types.ts";

const { t } = textsOf(texts);

const tabs = [
  { name: "parts", href: "/parts" },
  { name: "stock", href: "/parts?view=stock" },
  { name: "requests", href: "/transfers?view=requests" },
  { name: "transfers", href: "/transfers" },
  { name: "loans", href: "/transfers?view=loans" },
  { name: "plans", href: "/plans", needs: "plans.read" },
] as const satisfies readonly { name: string; href: string; needs?: Permission }[];

export type StockTab = (typeof tabs)[number]["name"];

/** The pages about parts, one beside the other. */
export function StockNav({ current }: { current?: StockTab }) {
  return (
    <nav class="stock-tabs" aria-label={t("navigation")}>
      {tabs
        .filter((tab) => !("needs" in tab) || may(tab.needs))
        .map(({ name, href }) => (
          <a key={name} href={href} aria-current={name === current ? "page" : undefined}>
            {t(name)}
          </a>
        ))}
    </nav>
  );
}

/** Whether an instant is past by the server's clock. */
export const isPast = (at: string | undefined): boolean =>
  at !== undefined && Date.parse(at) < serverNowMs.value;
