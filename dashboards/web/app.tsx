import { signal, useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type ApiError, me } from "./api-client.ts";
import { rememberedMe, wantsLogin } from "./field/remembered-me.ts";
import { formatTime } from "./format.ts";
import { language, t } from "./i18n/language.ts";
import { startLive } from "./live/live-events.ts";
import { coded } from "./live/retry.ts";
import { documentTitle } from "./page-title.ts";
import { LoginPage } from "./pages/login-page.tsx";
import { fieldPages, pages, publicPages } from "./pages.tsx";
import { Banners } from "./parts/banners.tsx";
import { Problem } from "./parts/problem.tsx";
import { Shell } from "./parts/shell.tsx";
import { route } from "./router.ts";
import { askWhoIAm, isLogOutUnheard, keepTellingLogOut } from "./session.ts";

function Page() {
  const { page, params } = route.value;
  return pages[page](params);
}

/** Why nobody knows yet who is logged in, and since when. */
const unknownSince = signal<{ readonly error: ApiError; readonly at: string } | undefined>(
  undefined,
);

/** Asks who is logged in until the server answers. */
function whoAmI(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = () =>
    void askWhoIAm().catch((error: unknown) => {
      if (me.value !== undefined) return;
      const at = unknownSince.value?.at ?? new Date().toISOString();
      unknownSince.value = { error: coded(error), at };
      timer = setTimeout(ask, 2_000);
    });
  ask();
  return () => clearTimeout(timer);
}

/** Until it is known who is logged in; what keeps that from being known is said. */
function Waiting() {
  const unknown = unknownSince.value;
  if (unknown === undefined) return <p class="waiting">{t("loading")}</p>;
  const time = formatTime(unknown.at, language.value, "minute");
  return (
    <main class="waiting" data-testid="no-answer">
      <Problem error={unknown.error} />
      <p>{t("askedSince", { time })}</p>
    </main>
  );
}

export function App() {
  useSignalEffect(() => {
    document.documentElement.lang = language.value;
    document.title = documentTitle.value;
  });
  useEffect(whoAmI, []);
  const isToTell = isLogOutUnheard.value;
  useEffect(() => (isToTell ? keepTellingLogOut() : undefined), [isToTell]);
  const isLoggedIn = Boolean(me.value);
  useEffect(() => (isLoggedIn ? startLive() : undefined), [isLoggedIn]);
  const publicPage = publicPages[route.value.page];
  if (publicPage) return publicPage(route.value.params);
  // An engineer goes on without a line, and after the login has run out; sending waits for both.
  const isField = fieldPages.includes(route.value.page);
  const isPhone = isField && rememberedMe.value !== undefined && !wantsLogin.value;
  if (me.value === undefined && !isPhone) return <Waiting />;
  if (me.value === null && !isPhone) return <LoginPage />;
  return (
    <Shell>
      {!isField && <Banners />}
      <Page />
    </Shell>
  );
}
