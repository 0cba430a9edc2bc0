import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { me } from "../api-client.ts";
import { forgetMe, isEngineer, rememberedMe } from "../field/remembered-me.ts";
import { zoneText } from "../format.ts";
import { t, word } from "../i18n/language.ts";
import { lostSince, onLive } from "../live/live-events.ts";
import { useResource } from "../live/use-resource.ts";
import { openTicketCount } from "../page-title.ts";
import { route } from "../router.ts";
import { moreSections, type Section, sections } from "../sections.ts";
import { logOut as endSession } from "../session.ts";
import type { FleetSummary, Me } from "../types.ts";
import { LanguageSwitch } from "./language-switch.tsx";
import { Mark } from "./mark.tsx";

async function logOut(): Promise<void> {
  const user = me.value?.username ?? rememberedMe.value?.username;
  const isKnownHere = rememberedMe.value !== undefined;
  forgetMe();
  const told = endSession();
  if (isKnownHere && user) {
    const desk = await import("../field/field-desk.ts");
    await desk.leaveField(user);
  }
  await told;
}

const countPollMs = 30_000;
/** Sections that stand side by side on a phone; the others are behind the menu beside them. */
const mostOnPhone = 3;

const phone = globalThis.matchMedia?.("(max-width: 760px)");
const isPhone = signal(phone?.matches ?? false);
phone?.addEventListener("change", ({ matches }) => {
  isPhone.value = matches;
});

/** Keeps the number of open tickets in the tab's title true; says whether machines here are simulated. */
function useFleetFacts(): { readonly isSimulated: boolean } {
  const { data, reload } = useResource<FleetSummary>(me.value ? "/fleet" : undefined, countPollMs);
  useEffect(() => onLive("ticket", reload), [reload]);
  useEffect(() => {
    openTicketCount.value = data?.openTickets ?? 0;
  }, [data]);
  return { isSimulated: data?.isSimulated === true };
}

/** Whoever is logged in, or whose phone this is. */
const who = (): Me | undefined => me.value ?? rememberedMe.value;

const isShown = ({ needs, isForEngineers = false }: Section): boolean =>
  (needs === undefined || [needs].flat().some((one) => who()?.permissions.includes(one))) &&
  (!isForEngineers || isEngineer(who()));

const isCurrent = ({ pages }: Section): boolean => pages.some((one) => one === route.value.page);

const SectionLink = ({ section }: { section: Section }) => (
  <a href={section.href} aria-current={isCurrent(section) ? "page" : undefined}>
    {t(section.text)}
  </a>
);

/** The sections of the bar, and those behind its menu. */
function divided(): { readonly beside: readonly Section[]; readonly behind: readonly Section[] } {
  const [first, more] = [sections.filter(isShown), moreSections.filter(isShown)];
  if (!isPhone.value) return { beside: first, behind: more };
  return { beside: first.slice(0, mostOnPhone), behind: [...first.slice(mostOnPhone), ...more] };
}

/** A menu that closes once something was chosen or the page behind it is touched. It is named after where one is. */
function More({ sections: behind }: { sections: readonly Section[] }) {
  const menu = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event) => {
      const { target } = event;
      const isSummary = target instanceof Element && menu.current?.firstElementChild === target;
      if (menu.current && !isSummary) menu.current.open = false;
    };
    document.addEventListener("click", close);
    return () => document.removeEventListener("click", close);
  }, []);
  if (behind.length === 0) return null;
  const current = behind.find(isCurrent);
  return (
    <details class="more-menu" ref={menu} data-testid="more-menu">
      <summary aria-current={current ? "page" : undefined}>
        <span>{t(current?.text ?? "more")}</span>
      </summary>
      <div>
        {behind.map((section) => (
          <SectionLink key={section.href} section={section} />
        ))}
      </div>
    </details>
  );
}

/** What surrounds every page once somebody is logged in. */
export function Shell({ children }: { children: ComponentChildren }) {
  const { isSimulated } = useFleetFacts();
  const { beside, behind } = divided();
  return (
    <div
      class={
        lostSince.value === null || route.value.page.startsWith("work") ? "shell" : "shell lost"
      }
    >
      <a class="skip" href="#main">
        {t("skipToContent")}
      </a>
      <header class="top">
        <a class="brand" href="/">
          <Mark />
          <span>{t("product")}</span>
        </a>
        {isSimulated && (
          <span class="simulated" title={t("simulatedAbout")} data-testid="simulated">
            {t("simulated")}
          </span>
        )}
        <nav aria-label={t("mainNavigation")}>
          {beside.map((section) => (
            <SectionLink key={section.href} section={section} />
          ))}
          <More sections={behind} />
        </nav>
        <div class="who">
          <span class="who-name" title={word("role", who()?.role ?? "")}>
            {who()?.username}
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
      <footer class="zone no-print" data-testid="zone">
        {t("timesIn", { zone: zoneText(Date.now()) })}
      </footer>
    </div>
  );
}
