import type { Clock } from "@firebreak/kit/clock.ts";
import type { Database } from "@firebreak/kit/database.ts";
import { approvedModes } from "@firebreak/plans/fault-catalogue.ts";
import type { FailureMode, Plan } from "@firebreak/plans/plan-schema.ts";
import { addMedia, type Media } from "../field/media.ts";
import type { MediaFiles, MediaWish } from "../field/media-files.ts";
import { regionKind } from "../organisation/file-kinds.ts";
import { allFiles } from "../organisation/file-store.ts";
import type { MachineContext } from "../organisation/load-organisation.ts";
import { loadPeople } from "../organisation/people.ts";
import type { Person } from "../organisation/person.ts";
import { regionsBelow, regionsById } from "../organisation/region.ts";
import type { ServiceWork } from "../service-work.ts";
import { createTicketIds, type TicketIds } from "../ticket-ids.ts";
import type { TicketService } from "../ticket-service.ts";
import type { Actor } from "../vocabulary.ts";
import type { Complaint, ComplaintState } from "./complaint.ts";
import {
  advanceComplaint,
  type ComplaintOrder,
  type ComplaintQuery,
  loadComplaints,
  openComplaint,
  requireComplaint,
  tellOverdueComplaints,
} from "./complaint-store.ts";
import type { Feedback, FeedbackContent, FeedbackSource, FeedbackSummary } from "./feedback.ts";
import {
  type FeedbackFilter,
  findLink,
  linkUnknown,
  loadFeedback,
  rateByLink,
  recordFeedback,
  summaryOf,
  withoutFew,
} from "./feedback-store.ts";
import type { FollowUp } from "./follow-up.ts";
import {
  type FollowUpQuery,
  finishFollowUp,
  loadFollowUps,
  makeFollowUps,
} from "./follow-up-store.ts";
import { type Progress, progressOf } from "./progress.ts";
import type { Report, ReportContent, ReportWay } from "./report.ts";
import {
  dismissReport,
  identifyReport,
  reportForMedia,
  type WithoutCommand,
} from "./report-commands.ts";
import { loadReports, type ReportQuery, reportsOf, requireReport } from "./report-store.ts";
import { recogniseSerial, type SerialMatch } from "./serial-number.ts";
import { type Campaign, loadCampaigns, startCampaign } from "./survey.ts";
import { type IntakeOptions, type TakenReport, takeReport } from "./take-report.ts";

/** Who does something, and under which command id. */
export interface By {
  readonly actor: Actor;
  readonly commandId: string;
}

interface Page<Item> {
  readonly items: Item[];
  readonly next: string | null;
}

/** Reports, progress, ratings, follow-up, complaints and surveys; it authorises nothing, the routes do. */
export interface CustomerDesk {
  takeReport(
    order: By & {
      readonly way: ReportWay;
      readonly content: ReportContent;
      readonly machineId?: string;
    },
  ): Promise<TakenReport>;
  reports(query: ReportQuery): Promise<Page<Report>>;
  report(reportId: string): Promise<Report>;
  reportsOfTicket(ticketId: string): Promise<Report[]>;
  recognise(serialNumber: string): Promise<SerialMatch>;
  /** What may be wrong with machines of each type, for forms. */
  symptoms(): SymptomChoice[];
  /** Names and telephone numbers, for those who may see them. */
  people(personIds: readonly string[]): Promise<Map<string, Person>>;
  identify(order: By & { readonly reportId: string; readonly machineId: string }): Promise<Report>;
  dismiss(order: By & { readonly reportId: string; readonly reason: string }): Promise<Report>;
  /** A customer's photo or film, by the code of the report. @throws CodedError LINK_UNKNOWN and those of the files */
  addReportMedia(
    code: string,
    stream: AsyncIterable<Uint8Array>,
    wish: MediaWish,
  ): Promise<Pick<Media, "mediaId">>;
  /** Whether a file may be added; asked before anything is read. @throws CodedError LINK_UNKNOWN, MEDIA_TICKET_FULL */
  mayAddMedia(code: string): Promise<void>;
  progress(code: string): Promise<Progress | undefined>;
  /** What a rating link is for. @throws CodedError LINK_UNKNOWN */
  ratingLink(code: string): Promise<{ readonly source: FeedbackSource; readonly isUsed: boolean }>;
  rate(code: string, content: FeedbackContent): Promise<void>;
  recordFeedback(
    order: By & { readonly ticketId: string; readonly content: FeedbackContent },
  ): Promise<Feedback>;
  feedback(
    filter: RegionFilter & { readonly limit: number; readonly after?: string },
  ): Promise<Page<Feedback>>;
  /** `seesAll`: may know who said what; others are shown nothing while few have answered. */
  feedbackSummary(filter: RegionFilter, seesAll: boolean): Promise<FeedbackSummary>;
  followUps(query: FollowUpQuery): Promise<Page<FollowUp>>;
  finishFollowUp(
    order: By & WithoutCommand<Parameters<typeof finishFollowUp>[1]>,
  ): Promise<FollowUp>;
  openComplaint(order: By & WithoutCommand<ComplaintOrder>): Promise<Complaint>;
  advanceComplaint(
    order: By & {
      readonly complaintId: string;
      readonly to: ComplaintState;
      readonly note: string;
    },
  ): Promise<Complaint>;
  complaints(query: ComplaintQuery): Promise<Page<Complaint>>;
  complaint(complaintId: string): Promise<Complaint>;
  campaigns(): Promise<Campaign[]>;
  /** Follow-ups, late complaints and surveys that have come due. Again changes nothing. */
  tick(): Promise<void>;
}

type BothLanguages = FailureMode["title"];

export interface SymptomChoice {
  readonly productType: string;
  /** What machines of the type are called. */
  readonly product: BothLanguages;
  readonly failureMode: string;
  readonly title: BothLanguages;
  /** How it looks to whoever stands beside the machine. */
  readonly symptom: BothLanguages;
}

/** `regionId`: it and all below it. */
export type RegionFilter = Omit<FeedbackFilter, "regionIds"> & { readonly regionId?: string };

export interface CustomerDeskOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly tickets: Pick<TicketService, "begin">;
  readonly planOf: (machineId: string, context: MachineContext) => Plan | undefined;
  readonly plans: readonly Plan[];
  readonly files: MediaFiles;
  readonly ids?: TicketIds;
}

const system: Actor = { kind: "system", id: "customers" };
/** Whoever holds a code; nobody knows who it is. */
const customer: Actor = { kind: "person", id: "customer" };

export function createCustomerDesk(options: CustomerDeskOptions): CustomerDesk {
  const { db, clock, tickets, planOf, files, ids = createTicketIds(clock.nowMs) } = options;
  const at = () => new Date(clock.nowMs()).toISOString();
  const begin = ({ tx, actor }: ServiceWork) => tickets.begin(tx, actor);
  const intake: IntakeOptions = { tickets: { begin }, planOf };

  const work = <Answer>(
    actor: Actor,
    run: (work: ServiceWork) => Promise<Answer>,
  ): Promise<Answer> =>
    db.transaction((tx) => {
      const nowMs = clock.nowMs();
      return run({ tx, actor, nowMs, at: new Date(nowMs).toISOString(), ids });
    });

  const withRegions = async ({ regionId, ...filter }: RegionFilter): Promise<FeedbackFilter> => {
    if (regionId === undefined) return filter;
    const regions = regionsById(await allFiles(db, regionKind));
    return { ...filter, regionIds: [...regionsBelow(regions, regionId)] };
  };

  return {
    takeReport: ({ actor, ...order }) => work(actor, (one) => takeReport(one, order, intake)),
    reports: (query) => loadReports(db, query),
    report: (reportId) => requireReport(db, reportId),
    reportsOfTicket: (ticketId) => reportsOf(db, ticketId),
    recognise: (serialNumber) => recogniseSerial(db, serialNumber),
    symptoms: () =>
      options.plans.flatMap((plan) =>
        approvedModes(plan).map(([failureMode, { title, symptom }]) => ({
          productType: plan.service.productType,
          product: plan.title,
          failureMode,
          title,
          symptom,
        })),
      ),
    people: (personIds) => loadPeople(db, personIds),
    identify: ({ actor, ...order }) => work(actor, (one) => identifyReport(one, order, intake)),
    dismiss: ({ actor, ...order }) => work(actor, (one) => dismissReport(one, order)),
    async mayAddMedia(code) {
      await reportForMedia(db, code, clock.nowMs());
    },
    async addReportMedia(code, stream, wish) {
      await reportForMedia(db, code, clock.nowMs());
      const file = await files.keep(stream, wish);
      return work(customer, async (one) => {
        const { ticketId, reportId } = await reportForMedia(one.tx, code, one.nowMs);
        const of = { ticketId: ticketId ?? reportId, purpose: "intake" } as const;
        const { mediaId } = await addMedia(one, file, of);
        return { mediaId };
      });
    },
    progress: (code) => progressOf(db, code, clock.nowMs()),
    async ratingLink(code) {
      const link = await findLink(db, code, at());
      if (!link) throw linkUnknown();
      return { source: link.source as FeedbackSource, isUsed: link.used_at !== null };
    },
    rate: (code, content) =>
      work(customer, async (one) => {
        await rateByLink(one, code, content);
      }),
    recordFeedback: ({ actor, ...order }) => work(actor, (one) => recordFeedback(one, order)),
    async feedback({ limit, after, ...filter }) {
      const page = { limit, ...(after === undefined ? {} : { after }) };
      return loadFeedback(db, { ...(await withRegions(filter)), ...page });
    },
    async feedbackSummary(filter, seesAll) {
      const summary = await summaryOf(db, await withRegions(filter));
      return seesAll ? summary : withoutFew(summary);
    },
    followUps: (query) => loadFollowUps(db, query),
    finishFollowUp: ({ actor, ...order }) =>
      work(actor, (one) => finishFollowUp(one, order, begin)),
    openComplaint: ({ actor, ...order }) => work(actor, (one) => openComplaint(one, order)),
    advanceComplaint: ({ actor, ...order }) => work(actor, (one) => advanceComplaint(one, order)),
    complaints: (query) => loadComplaints(db, query),
    complaint: (complaintId) => requireComplaint(db, complaintId),
    campaigns: () => loadCampaigns(db),
    async tick() {
      await work(system, (one) => makeFollowUps(one));
      await work(system, (one) => tellOverdueComplaints(one));
      await work(system, (one) => startCampaign(one));
    },
  };
}
