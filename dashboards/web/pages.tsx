import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { loadMessages, t } from "./i18n/language.ts";
import { FleetPage } from "./pages/fleet-page.tsx";
import { MissingPage } from "./pages/missing-page.tsx";
import type { PageName, Route } from "./router.ts";

type Params = Route["params"];
type PageOf = (params: Params) => preact.VNode;

/** A page whose code and texts are fetched when it is first opened, so that the first load stays small. */
export function lazyPage<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined;
  return function LazyPage(props: Props) {
    const [Loaded, show] = useState(() => loaded);
    const [hasFailed, fail] = useState(false);
    useEffect(() => {
      if (loaded !== undefined) return;
      Promise.all([load(), loadMessages()]).then(
        ([page]) => {
          loaded = page;
          show(() => page);
        },
        () => fail(true),
      );
    }, []);
    if (Loaded !== undefined) return <Loaded {...props} />;
    return <p class="waiting">{t(hasFailed ? "error.UNREACHABLE" : "loading")}</p>;
  };
}

const MachinePage = lazyPage(() =>
  import("./pages/machine-page.tsx").then((page) => page.MachinePage),
);
const TicketsPage = lazyPage(() =>
  import("./pages/tickets-page.tsx").then((page) => page.TicketsPage),
);
const QuarantinePage = lazyPage(() =>
  import("./pages/quarantine-page.tsx").then((page) => page.QuarantinePage),
);
const TicketPage = lazyPage(() =>
  import("./pages/ticket-page.tsx").then((page) => page.TicketPage),
);
const BoardPage = lazyPage(() => import("./pages/board-page.tsx").then((page) => page.BoardPage));
const PartsPage = lazyPage(() => import("./pages/parts-page.tsx").then((page) => page.PartsPage));
const PartPage = lazyPage(() => import("./pages/part-page.tsx").then((page) => page.PartPage));
const TransfersPage = lazyPage(() =>
  import("./pages/transfers-page.tsx").then((page) => page.TransfersPage),
);
const PlansPage = lazyPage(() => import("./pages/plans-page.tsx").then((page) => page.PlansPage));
const PlanPage = lazyPage(() => import("./pages/plan-page.tsx").then((page) => page.PlanPage));
const WorkPage = lazyPage(() => import("./pages/work-page.tsx").then((page) => page.WorkPage));
const WorkOrderPage = lazyPage(() =>
  import("./pages/work-order-page.tsx").then((page) => page.WorkOrderPage),
);
const UsersPage = lazyPage(() => import("./pages/users-page.tsx").then((page) => page.UsersPage));
const AccountPage = lazyPage(() =>
  import("./pages/account-page.tsx").then((page) => page.AccountPage),
);
const ReportPage = lazyPage(() =>
  import("./pages/report-page.tsx").then((page) => page.ReportPage),
);
const ProgressPage = lazyPage(() =>
  import("./pages/progress-page.tsx").then((page) => page.ProgressPage),
);
const RatePage = lazyPage(() => import("./pages/rate-page.tsx").then((page) => page.RatePage));
const FiguresPage = lazyPage(() =>
  import("./pages/figures-page.tsx").then((page) => page.FiguresPage),
);
const PeoplePage = lazyPage(() =>
  import("./pages/people-page.tsx").then((page) => page.PeoplePage),
);
const EngineerPage = lazyPage(() =>
  import("./pages/engineer-page.tsx").then((page) => page.EngineerPage),
);
const CustomersPage = lazyPage(() =>
  import("./pages/customers-page.tsx").then((page) => page.CustomersPage),
);
const CustomerPage = lazyPage(() =>
  import("./pages/customer-page.tsx").then((page) => page.CustomerPage),
);
const MachineFilesPage = lazyPage(() =>
  import("./pages/machine-files-page.tsx").then((page) => page.MachineFilesPage),
);
const MachineFilePage = lazyPage(() =>
  import("./pages/machine-file-page.tsx").then((page) => page.MachineFilePage),
);
const MachineCodePage = lazyPage(() =>
  import("./pages/machine-code-page.tsx").then((page) => page.MachineCodePage),
);
const RegionsPage = lazyPage(() =>
  import("./pages/regions-page.tsx").then((page) => page.RegionsPage),
);
const ExchangePage = lazyPage(() =>
  import("./pages/exchange-page.tsx").then((page) => page.ExchangePage),
);
const TelemetryPage = lazyPage(() =>
  import("./pages/telemetry-page.tsx").then((page) => page.TelemetryPage),
);
const Iso15143Page = lazyPage(() =>
  import("./pages/iso15143-page.tsx").then((page) => page.Iso15143Page),
);
const AuditPage = lazyPage(() => import("./pages/audit-page.tsx").then((page) => page.AuditPage));
const GatewaysPage = lazyPage(() =>
  import("./pages/gateways-page.tsx").then((page) => page.GatewaysPage),
);
const ChannelsPage = lazyPage(() =>
  import("./pages/channels-page.tsx").then((page) => page.ChannelsPage),
);
const RolloutsPage = lazyPage(() =>
  import("./pages/rollouts-page.tsx").then((page) => page.RolloutsPage),
);
const FollowUpPage = lazyPage(() =>
  import("./pages/follow-up-page.tsx").then((page) => page.FollowUpPage),
);
const LessonsPage = lazyPage(() =>
  import("./pages/lessons-page.tsx").then((page) => page.LessonsPage),
);

/** What each page of the router shows. One line per page; all but the first ones are lazy. */
export const pages: Readonly<Record<PageName, PageOf>> = {
  fleet: () => <FleetPage />,
  machine: ({ machineId = "" }) => <MachinePage key={machineId} machineId={machineId} />,
  tickets: () => <TicketsPage />,
  ticket: ({ ticketId = "" }) => <TicketPage key={ticketId} ticketId={ticketId} />,
  quarantine: () => <QuarantinePage />,
  board: () => <BoardPage />,
  parts: () => <PartsPage />,
  part: ({ partNo = "" }) => <PartPage key={partNo} partNo={partNo} />,
  transfers: () => <TransfersPage />,
  plans: () => <PlansPage />,
  plan: ({ planId = "" }) => <PlanPage key={planId} planId={planId} />,
  work: () => <WorkPage />,
  workOrder: ({ ticketId = "" }) => <WorkOrderPage key={ticketId} ticketId={ticketId} />,
  users: () => <UsersPage />,
  account: () => <AccountPage />,
  figures: () => <FiguresPage />,
  followUp: () => <FollowUpPage />,
  lessons: () => <LessonsPage />,
  report: () => <MissingPage />,
  progress: () => <MissingPage />,
  rate: () => <MissingPage />,
  people: () => <PeoplePage />,
  engineer: ({ engineerId = "" }) => <EngineerPage key={engineerId} engineerId={engineerId} />,
  customers: () => <CustomersPage />,
  customer: ({ customerId = "" }) => <CustomerPage key={customerId} customerId={customerId} />,
  "machine-files": () => <MachineFilesPage />,
  "machine-file": ({ machineId = "" }) => <MachineFilePage key={machineId} machineId={machineId} />,
  "machine-code": ({ machineId = "" }) => <MachineCodePage key={machineId} machineId={machineId} />,
  regions: () => <RegionsPage />,
  exchange: () => <ExchangePage />,
  telemetry: () => <TelemetryPage />,
  iso15143: () => <Iso15143Page />,
  audit: () => <AuditPage />,
  gateways: () => <GatewaysPage />,
  channels: () => <ChannelsPage />,
  configurations: () => <RolloutsPage />,
  missing: () => <MissingPage />,
};

/** Pages for people without a login: customers who report, follow and rate. */
export const publicPages: Partial<Record<PageName, PageOf>> = {
  report: ({ serialNumber }) => <ReportPage key={serialNumber} serialNumber={serialNumber} />,
  progress: ({ code = "" }) => <ProgressPage key={code} code={code} />,
  rate: ({ code = "" }) => <RatePage key={code} code={code} />,
};

/** Pages that an engineer's phone opens without a line, and after the login has run out. */
export const fieldPages: readonly PageName[] = ["work", "workOrder"];
