import { computed, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { me } from "./api-client.ts";
import { t } from "./i18n/language.ts";

const pageTitle = signal("");
/** Open inspections and repairs of the whole fleet, as far as known. */
export const openTicketCount = signal(0);

/** `(2) PUMP-002 · Firebreak`: what the tab is about, and how much work there is. Pure. */
export const titleText = (open: number, page: string, product: string): string =>
  `${open > 0 ? `(${open}) ` : ""}${page === "" ? product : `${page} · ${product}`}`;

export const documentTitle = computed(() =>
  me.value ? titleText(openTicketCount.value, pageTitle.value, t("product")) : t("product"),
);

/** Names the tab while the calling page is shown. */
export function usePageTitle(text: string): void {
  useEffect(() => {
    pageTitle.value = text;
    return () => {
      pageTitle.value = "";
    };
  }, [text]);
}
