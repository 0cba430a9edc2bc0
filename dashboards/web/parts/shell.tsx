import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { me, post } from "../api-client.ts";
import { t, word } from "../i18n/language.ts";
import { lostSince, onLive } from "../live/live-events.ts";
import { useResource } from "../live/use-resource.ts";
import { openTicketCount } from "../page-title.ts";
import { route } from "../router.ts";
import type { FleetSummary } from "../types.ts";
import { LanguageSwitch } from "./language-switch.tsx";
import { Mark } from "./mark.tsx";

const sections = [
  { href: "/", text: "fleet", pages: ["fleet", "machine"] },
  { href: "/tickets", text: "tickets", pages: ["tickets", "ticket"] },
  { href: "/quarantine", text: "quarantine", pages: ["quarantine"] },
] as const;

async function logOut(): Promise<void> {
  await post("/logout", {}).catch(() => undefined);
  me.value = null;
}

const countPollMs = 30_000;

/** Keeps the number of open tickets in the tab's title true. */
function useOpenTicketCount(): void {
  const { data, reload } = useResource<FleetSummary>("/fleet", countPollMs);
  useEffect(() => onLive("ticket", reload), [reload]);
  useEffect(() => {
    openTicketCount.value = data?.openTickets ?? 0;
  }, [data]);
}

/** What surrounds every page once somebody is logged in. */
export function Shell({ children }: { children: ComponentChildren }) {
  const page: string = route.value.page;
  useOpenTicketCount();
  return (
    <div class={lostSince.value === null ? "shell" : "shell lost"}>
      <a class="skip" href="#main">
        {t("skipToContent")}
      </a>
      <header class="top">
        <a class="brand" href="/">
          <Mark />
          <span>{t("product")}</span>
        </a>
        <nav aria-label={t("mainNavigation")}>
          {sections.map(({ href, text, pages }) => (
            <a
              key={href}
              href={href}
              aria-current={pages.some((one) => one === page) ? "page" : undefined}
            >
              {t(text)}
            </a>
          ))}
        </nav>
        <div class="who">
          <span class="who-name" title={word("role", me.value?.role ?? "")}>
            {me.value?.username}
          </span>
          <LanguageSwitch />
          <button type="button" class="quiet" data-testid="log-out" onClick={() => void logOut()}>
            {t("logOut")}
          </button>
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}
