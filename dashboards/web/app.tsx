import { useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { askWhoIAm, me } from "./api-client.ts";
import { language, t } from "./i18n/language.ts";
import { startLive } from "./live/live-events.ts";
import { documentTitle } from "./page-title.ts";
import { FleetPage } from "./pages/fleet-page.tsx";
import { LoginPage } from "./pages/login-page.tsx";
import { MachinePage } from "./pages/machine-page.tsx";
import { MissingPage } from "./pages/missing-page.tsx";
import { QuarantinePage } from "./pages/quarantine-page.tsx";
import { TicketPage } from "./pages/ticket-page.tsx";
import { TicketsPage } from "./pages/tickets-page.tsx";
import { Banners } from "./parts/banners.tsx";
import { Shell } from "./parts/shell.tsx";
import { route } from "./router.ts";

function Page() {
  const now = route.value;
  switch (now.page) {
    case "fleet":
      return <FleetPage />;
    case "machine":
      return <MachinePage key={now.machineId} machineId={now.machineId} />;
    case "tickets":
      return <TicketsPage />;
    case "ticket":
      return <TicketPage key={now.ticketId} ticketId={now.ticketId} />;
    case "quarantine":
      return <QuarantinePage />;
    case "missing":
      return <MissingPage />;
  }
}

/** Asks who is logged in until the server answers. */
function whoAmI(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = () =>
    void askWhoIAm().catch(() => {
      if (me.value === undefined) timer = setTimeout(ask, 2_000);
    });
  ask();
  return () => clearTimeout(timer);
}

export function App() {
  useSignalEffect(() => {
    document.documentElement.lang = language.value;
    document.title = documentTitle.value;
  });
  useEffect(whoAmI, []);
  const isLoggedIn = Boolean(me.value);
  useEffect(() => (isLoggedIn ? startLive() : undefined), [isLoggedIn]);
  if (me.value === undefined) return <p class="waiting">{t("loading")}</p>;
  if (me.value === null) return <LoginPage />;
  return (
    <Shell>
      <Banners />
      <Page />
    </Shell>
  );
}
