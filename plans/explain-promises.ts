import type { ResolvedService } from "./resolve-service.ts";
import type { CommitmentTerms, Origin } from "./service-layers.ts";
import {
  isFor,
  type PromiseKind,
  promiseKinds,
  promisesOfLevel,
  raisedBy,
} from "./service-promises.ts";
import {
  type EmergencyPriority,
  emergencyPriorities,
  type SlaProfileName,
  slaProfiles,
} from "./sla-profiles.ts";

/** A time that holds for faults of one priority, and what it follows from. */
export interface ExplainedTime {
  readonly priority: EmergencyPriority;
  readonly kind: PromiseKind;
  readonly minutes: number;
  readonly origin: Origin;
  /** `profile`: as its profile says; `uplift`: served as more urgent; `clock`: named one by one. */
  readonly by: "profile" | "uplift" | "clock";
  /** The profile it is read from; left out for a clock. */
  readonly profile?: SlaProfileName;
}

/**
 * Where each promised time comes from: the first that promises as much of profile, uplift, clocks and commitment, so that
 * a commitment is named where it tightens and nowhere else. Pure.
 */
export function explainPromises(
  resolved: ResolvedService,
  commitment?: CommitmentTerms,
): readonly ExplainedTime[] {
  return emergencyPriorities.flatMap((priority) => {
    const promises = promisesOfLevel(resolved.level, priority);
    const candidates = candidatesOf(resolved, commitment, priority);
    return promiseKinds.flatMap((kind) => {
      const minutes = promises[kind];
      return candidates.find((one) => one.kind === kind && one.minutes === minutes) ?? [];
    });
  });
}

function candidatesOf(
  resolved: ResolvedService,
  commitment: CommitmentTerms | undefined,
  priority: EmergencyPriority,
): ExplainedTime[] {
  const { slaProfile, slaUplift, clocks } = resolved;
  const profile = slaProfile.value;
  const from = { profile, priority };
  return [
    ...timesOf({ ...from, seenAs: priority, origin: slaProfile.origin, by: "profile" }),
    ...(slaUplift === undefined
      ? []
      : timesOf({
          ...from,
          seenAs: raisedBy(priority, slaUplift.value),
          origin: slaUplift.origin,
          by: "uplift",
        })),
    ...clocks
      .filter(({ value }) => value.priority === priority)
      .map(
        ({ value, origin }): ExplainedTime => ({
          priority,
          kind: value.clock,
          minutes: value.targetMinutes,
          origin,
          by: "clock",
        }),
      ),
    ...committed(commitment, from),
  ];
}

function timesOf(from: {
  readonly profile: SlaProfileName;
  readonly seenAs: EmergencyPriority;
  readonly priority: EmergencyPriority;
  readonly origin: Origin;
  readonly by: "profile" | "uplift";
}): ExplainedTime[] {
  const { profile, seenAs, priority, origin, by } = from;
  const promises = slaProfiles[profile].promises[seenAs];
  return promiseKinds.flatMap((kind) => {
    const minutes = promises[kind];
    return minutes === undefined ? [] : [{ priority, kind, minutes, origin, by, profile }];
  });
}

function committed(
  commitment: CommitmentTerms | undefined,
  own: { readonly profile: SlaProfileName; readonly priority: EmergencyPriority },
): ExplainedTime[] {
  if (commitment === undefined) return [];
  const { commitmentId = "", slaProfile = own.profile, slaOverrides = [] } = commitment;
  const { priority } = own;
  const origin: Origin = { layer: "commitment", of: commitmentId };
  return [
    ...timesOf({ profile: slaProfile, seenAs: priority, priority, origin, by: "profile" }),
    ...slaOverrides.flatMap((one): ExplainedTime[] =>
      one.clock === "parts_delivery" || !isFor(one, priority)
        ? []
        : [{ priority, kind: one.clock, minutes: one.targetMinutes, origin, by: "clock" }],
    ),
  ];
}
