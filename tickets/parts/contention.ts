import { type Static, Type } from "typebox";
import { closed, Instant, literals, priorities } from "../vocabulary.ts";
import { tiers } from "./part.ts";
import { type ContentionCriterion, type PartsConfig, partsConfig } from "./parts-config.ts";

/** How strong a claim to a scarce part is; kept with its reservation. */
export const Claim = Type.Object(
  {
    tier: literals(tiers),
    priority: literals(priorities),
    isKeyCustomer: Type.Boolean({ description: "key account or key region" }),
    dueAt: Type.Optional(Instant),
    createdAt: Instant,
  },
  closed,
);
export type Claim = Static<typeof Claim>;

const weigh: Readonly<Record<ContentionCriterion, (claim: Claim) => number>> = {
  emergency: ({ priority }) => (priority === "emergency" ? 0 : 1),
  tier: ({ tier }) => tiers.indexOf(tier),
  priority: ({ priority }) => priorities.indexOf(priority),
  keyCustomer: ({ isKeyCustomer }) => (isKeyCustomer ? 0 : 1),
  dueAt: ({ dueAt }) => (dueAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(dueAt)),
  createdAt: ({ createdAt }) => Date.parse(createdAt),
};

const compareBy =
  (order: readonly ContentionCriterion[]) =>
  (one: Claim, other: Claim): number => {
    for (const criterion of order) {
      const [mine, theirs] = [weigh[criterion](one), weigh[criterion](other)];
      if (mine !== theirs) return mine - theirs;
    }
    return 0;
  };

/** Negative when `one` goes first (C-20). Pure. */
export const compareClaims = (
  one: Claim,
  other: Claim,
  { contentionOrder }: PartsConfig = partsConfig,
): number => compareBy(contentionOrder)(one, other);

/** Whether `one` may take a reservation from `other`: not for being due or made earlier. Pure. */
export const outranks = (
  one: Claim,
  other: Claim,
  { contentionOrder, preemptFor }: PartsConfig = partsConfig,
): boolean =>
  compareBy(contentionOrder.filter((criterion) => preemptFor.includes(criterion)))(one, other) < 0;
