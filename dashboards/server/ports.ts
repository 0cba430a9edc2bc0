import type { CaptureDesk } from "@firebreak/ingest/captures/open-captures.ts";
import type { GatewayPage } from "@firebreak/ingest/certificates/list-gateways.ts";
import type { ControllerReader } from "@firebreak/ingest/controllers/controller-book.ts";
import type { ExportDesk } from "@firebreak/ingest/exports/export-desk.ts";
import type { HealthReader } from "@firebreak/ingest/health/health-book.ts";
import type { GatewayWord, HealthView } from "@firebreak/ingest/health/health-view.ts";
import type { RetryResult } from "@firebreak/ingest/host/retry-quarantined.ts";
import type { ImportDesk } from "@firebreak/ingest/imports/import-desk.ts";
import type { RolloutDesk } from "@firebreak/ingest/rollout/rollout-desk.ts";
import type { MachineSilence } from "@firebreak/ingest/silence/silence.ts";
import type { SilenceWatch } from "@firebreak/ingest/silence/silence-watch.ts";
import type { RefusedFilter, RefusedRetry } from "@firebreak/ingest/store/refused.ts";
import type { LatestSignal, SetAside, TelemetryStore } from "@firebreak/ingest/store/store.ts";
import type { TokenHolder } from "@firebreak/kit/api-tokens.ts";
import type { Clock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { Affiliation, Role } from "@firebreak/kit/roles.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import type { HealthFactor } from "@firebreak/rules/health/machine-health.ts";
import type { AuditDesk } from "@firebreak/tickets/audit/audit-desk.ts";
import type { ErasureDesk } from "@firebreak/tickets/audit/erasure-desk.ts";
import type { ChannelDesk } from "@firebreak/tickets/channels/channels-service.ts";
import type { CustomerDesk } from "@firebreak/tickets/customers/customer-desk.ts";
import type { ExchangeDesk } from "@firebreak/tickets/exchange/exchange-desk.ts";
import type { FieldDesk } from "@firebreak/tickets/field/field-desk.ts";
import type { MediaDesk } from "@firebreak/tickets/field/media-desk.ts";
import type { ForecastService } from "@firebreak/tickets/forecast/forecast-service.ts";
import type { StandingDesk } from "@firebreak/tickets/health/standing-desk.ts";
import type { BackFill } from "@firebreak/tickets/history/back-fill.ts";
import type { CodeHistory } from "@firebreak/tickets/history/code-steps.ts";
import type { KpiService } from "@firebreak/tickets/kpi/kpi-service.ts";
import type { LessonsService } from "@firebreak/tickets/lessons/lessons-service.ts";
import type { OrganisationDesk } from "@firebreak/tickets/organisation/organisation-desk.ts";
import type { StockDesk } from "@firebreak/tickets/parts/stock-desk.ts";
import type { ShelvingDesk } from "@firebreak/tickets/shelving/shelving-desk.ts";
import type { TicketService } from "@firebreak/tickets/ticket-service.ts";
import type { ResetDesk } from "@firebreak/tickets/verification/reset-desk.ts";
import type { Lamps } from "@firebreak/wire/machine-event.ts";
import type { AempClientDesk } from "./aemp/client-files.ts";
import type {
  Alarm,
  GatewayRow,
  LedgerCounts,
  LedgerHour,
  LinkState,
  QuarantineItem,
  RefusalRow,
} from "./api/schemas.ts";
import type { UserChange } from "./auth/user-changes.ts";
import type { AempSourceRow } from "./routes/aemp-clients.ts";

/** Everything the HTTP server needs of the rest of the hub. The composition root fills it in. */
export interface ServerPorts {
  readonly clock: Clock;
  readonly log: Logger;
  /** Machines are made by a simulator, which every page says; default: no. */
  readonly isSimulated?: boolean;
  readonly machines: MachineRegistry;
  readonly plans: PlanCatalogue;
  readonly telemetry: TelemetryReader;
  /** Samples as files. */
  readonly exports: Omit<ExportDesk, "stop">;
  readonly imports: Omit<ImportDesk, "close">;
  readonly ledger: LedgerReader;
  readonly live: LiveView;
  readonly customers: CustomerDesk;
  readonly channels: ChannelDesk;
  readonly judge: Judge;
  readonly standings: StandingReader;
  readonly lateData: LateDataReader;
  readonly tickets: TicketDesk;
  readonly shelving: ShelvingDesk;
  readonly resets: ResetDesk;
  readonly media: MediaDesk;
  readonly field: FieldDesk;
  readonly organisation: OrganisationDesk;
  readonly exchange: ExchangeDesk;
  readonly kpi: KpiService;
  readonly forecast: ForecastService;
  readonly lessons: LessonsService;
  readonly stock: StockDesk;
  readonly quarantine: QuarantineReader;
  readonly silence: Pick<SilenceWatch, "counts">;
  readonly gateways: GatewayDirectory;
  readonly captures: CaptureDesk;
  readonly controllers: ControllerReader;
  readonly gatewayHealth: Pick<HealthView, "ofGateway" | "ofMachine"> &
    Pick<HealthReader, "changes" | "losses">;
  readonly rollouts: RolloutPort;
  readonly audit: AuditDesk;
  readonly erasure: ErasureDesk;
  readonly users: UserStore;
  readonly tokens: TokenVerifier;
  readonly aempClients: AempClientDesk;
  /** Servers of other makers that are read; empty where there are none. */
  readonly aempSources: () => readonly AempSourceRow[];
  readonly readiness: readonly ReadinessCheck[];
  readonly metrics: MetricsSource;
}

/** Configurations on their way to gateways. */
export type RolloutPort = Pick<
  RolloutDesk,
  "list" | "get" | "check" | "create" | "order" | "rollBack"
>;

/** Unsubscribes; calling it twice is harmless. */
export type Unsubscribe = () => void;

/** One page of a list; `next` is null on the last one. */
export interface PageOf<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

export interface PageRequest {
  readonly limit: number;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
}

export interface MachineRecord {
  readonly machineId: string;
  /** Id of its plan. */
  readonly plan: string;
  /** Its name among people; null when it has none. */
  readonly title: string | null;
  /** Hub time of the last message, ISO 8601; null when it never spoke. */
  readonly lastContact: string | null;
  readonly online: boolean;
  /** What its gateway says of itself; absent: nothing. */
  readonly gateway?: GatewayWord;
  /** Absent: it speaks, or never did. */
  readonly silence?: MachineSilence | undefined;
  /** Who else's server tells of it; absent: a gateway does. */
  readonly origin?: MachineOrigin;
}

/** A machine that is read from another maker's server: no gateway of ours, nothing acknowledged, nothing live. */
export interface MachineOrigin {
  readonly standard: "ISO 15143-3";
  readonly sourceId: string;
  /** Null where its server does not say. */
  readonly maker: string | null;
}

/** Asked often (every list request and twice a second while browsers watch): keep it in memory. */
export interface MachineRegistry {
  list(): Promise<readonly MachineRecord[]>;
  get(machineId: string): Promise<MachineRecord | undefined>;
}

/** Plans by id; a `Map` will do. */
export interface PlanCatalogue {
  get(plan: string): Plan | undefined;
  values(): Iterable<Plan>;
}

/** The part of the telemetry store that is read here. */
export type TelemetryReader = Pick<
  TelemetryStore,
  "signals" | "raw" | "buckets" | "stretches" | "fleetHours"
>;

export interface LedgerReader {
  /** Undefined for a machine that never sent anything. */
  ledger(
    machineId: string,
  ): Promise<(LedgerCounts & { readonly byHour: readonly LedgerHour[] }) | undefined>;
  /** Of the ledger only what is still at the gateway; cheap. */
  spooled(machineId: string): number;
}

export interface LiveView {
  /** In memory, one per signal and source address; empty for an unknown machine. */
  latest(machineId: string): readonly LatestSignal[];
  /** Of these signals only, cheap for 10,000 machines one after the other; undefined while what is stored is still being read. */
  some(machineId: string, names: ReadonlySet<string>): readonly LatestSignal[] | undefined;
  /** Calls back whenever something of a machine may have changed: data, contact, codes, health. Must be cheap. */
  onChange(listener: (machineId: string) => void): Unsubscribe;
}

export interface ActiveCode {
  /** Absent: the machine's main network; from 128 on `sa` is a CANopen node and `spn` its error code. */
  readonly network?: number;
  readonly sa: number;
  readonly spn: number;
  readonly fmi: number;
  readonly oc: number | null;
  readonly lamps: Lamps;
  /** Machine time, ISO 8601. */
  readonly since: string | null;
  readonly lastSeen: string | null;
}

export interface PastCode extends ActiveCode {
  readonly state: "pending" | "previously-active" | "gone" | "unknown";
}

export interface MachineCondition {
  /** 0-100; null when it is unknown. */
  readonly health: number | null;
  readonly activeCodes: readonly ActiveCode[];
  /** Codes that are not active, or whose control unit is silent; the newest first. Absent: none. */
  readonly pastCodes?: readonly PastCode[];
  readonly activeFindings: number;
  /** What lowers the index, but for how the machine is heard. Absent: `health` is all that is known. */
  readonly factors?: readonly HealthFactor[];
  readonly findings?: readonly Finding[];
  /** Machine time of the newest data; null before the first. */
  readonly newestAt?: string | null;
  /** Rules that judge this machine no longer, and why. Absent: none. */
  readonly faultyRules?: readonly FaultyRule[];
  /** What rules on trial see now. Absent: nothing. */
  readonly onTrial?: readonly TrialFinding[];
}

/** Seen by a rule in shadow mode: it opens no ticket. */
export interface TrialFinding {
  readonly ruleId: string;
  readonly signal: string;
  readonly since: string;
  /** True: the signal does what it never did; false: anything else. */
  readonly isNovel: boolean;
}

export interface FaultyRule {
  /** A rule of the plan, or `derived` and the name of a derived signal. */
  readonly ruleId: string;
  readonly message: string;
}

/** What the rule engine thinks of a machine now; in memory. */
export interface Judge {
  condition(machineId: string): MachineCondition | undefined;
}

/** What is known of a machine beside its own words; asks the database. */
export type StandingReader = Pick<StandingDesk, "of">;

/** What is known of a machine's past beside its samples. */
export interface LateDataReader {
  /** In which something was found, newest first. */
  backFills(machineId: string): Promise<readonly BackFill[]>;
  /** Steps of trouble codes before `toMs`, oldest first. */
  codes(machineId: string, toMs: number): Promise<CodeHistory>;
}

/** The part of the ticket service that is used here; it authorises nothing, the routes do. */
export type TicketDesk = Pick<
  TicketService,
  | "acknowledge"
  | "board"
  | "boardFigures"
  | "bundle"
  | "crew"
  | "close"
  | "counts"
  | "get"
  | "onChange"
  | "open"
  | "order"
  | "page"
  | "suggestions"
>;

export interface QuarantineReader {
  /** What somebody has to look at, newest first; bounded, in memory. */
  alarms(): readonly Alarm[];
  /** Whom the broker refused what, newest first; bounded, in memory. */
  refusals(): readonly RefusalRow[];
  /** Of all gateways together. */
  links(): LinkState;
  /** Newest first. */
  list(request: PageRequest & QuarantineFilter): Promise<PageOf<QuarantineItem>>;
  /** Lines of JSON, newest first, each with its bytes in base64; null for one that has none any more. */
  exported(filter: QuarantineFilter): Iterable<string>;
  /** @throws CodedError QUARANTINE_UNKNOWN, LOG_FULL */
  retry(id: string): Promise<RetryResult>;
  /** What the telemetry database refused, by machine and its own words; it is tried again by itself. */
  aside(): Promise<readonly SetAside[]>;
  /** Lines of JSON, oldest first, each sample as it was sent. */
  exportedRefused(filter: RefusedFilter): AsyncIterable<string>;
  retryRefused(filter: RefusedFilter): Promise<RefusedRetry>;
}

export interface QuarantineFilter {
  readonly reason?: string | undefined;
  readonly gateway?: string | undefined;
  readonly machine?: string | undefined;
  readonly state?: QuarantineItem["state"] | undefined;
}

/** The allow-list of gateways, by id. */
export interface GatewayDirectory {
  list(page: GatewayPage): Promise<readonly GatewayRow[]>;
}

export interface UserRecord extends Affiliation {
  readonly username: string;
  readonly role: Role;
  /** `auth/passwords.ts` made it. */
  readonly passwordHash: string;
  /** Since when nobody may log in as this user, ISO 8601; absent: somebody may. */
  readonly disabledAt?: string | undefined;
}

export interface SessionRecord {
  /** SHA-256 of the cookie's value, hex: the value itself is stored nowhere. */
  readonly idHash: string;
  readonly username: string;
  readonly createdAtMs: number;
  readonly lastUsedAtMs: number;
}

/** Users and sessions, durable. User names are compared as given. */
export interface UserStore {
  find(username: string): Promise<UserRecord | undefined>;
  /** By name. */
  list(): Promise<readonly UserRecord[]>;
  /** @throws CodedError USER_EXISTS */
  add(user: UserRecord): Promise<void>;
  /** `at`: ISO 8601. @throws CodedError USER_UNKNOWN, USER_LAST_ADMIN; see `changedUser` */
  change(username: string, change: UserChange, at: string): Promise<UserRecord>;
  addSession(session: SessionRecord): Promise<void>;
  findSession(idHash: string): Promise<SessionRecord | undefined>;
  touchSession(idHash: string, lastUsedAtMs: number): Promise<void>;
  removeSession(idHash: string): Promise<void>;
  removeSessionsUnusedSince(ms: number): Promise<void>;
}

export interface TokenVerifier {
  verify(token: string): TokenHolder | undefined;
}

export interface ReadinessCheck {
  readonly name: string;
  readonly severity?: Severity;
  /** Undefined when all is well, else one sentence for the operator. Must answer fast. */
  problem(): string | undefined | Promise<string | undefined>;
}

/**
 * `warning`: everything works still. `fault`, the default: something does not, and may come back by itself. `fatal`: it
 * does not come back before the hub is started anew.
 */
export type Severity = "warning" | "fault" | "fatal";

/** A prom-client `Registry` will do. */
export interface MetricsSource {
  readonly contentType: string;
  metrics(): Promise<string>;
}
