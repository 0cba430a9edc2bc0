import type { Text } from "./schema-words.ts";

export const slaProfileNames = ["tiered_3", "standard", "dealer_2h", "four_by_24"] as const;
export type SlaProfileName = (typeof slaProfileNames)[number];

/** Priorities that have clocks: `planned` work has a due window and nothing else (SL-6). */
export const emergencyPriorities = ["emergency", "major", "general"] as const;
export type EmergencyPriority = (typeof emergencyPriorities)[number];

/** Minutes by clock; `resolutionAfterArrival` begins when somebody has arrived, the others when the ticket opens. */
export interface Promises {
  readonly response?: number;
  readonly arrival?: number;
  readonly resolution?: number;
  readonly resolutionAfterArrival?: number;
}

export interface SlaProfile {
  readonly title: Text;
  readonly promises: Readonly<Record<EmergencyPriority, Promises>>;
  /** What no document says in so many words; to be shown where the profile is shown. */
  readonly assumptions: readonly Text[];
}

const hours = (count: number): number => count * 60;
const same = (promises: Promises): SlaProfile["promises"] => ({
  emergency: promises,
  major: promises,
  general: promises,
});

/** Service levels as promised to customers. @see domain.md §3.11, C-01, C-02 */
export const slaProfiles: Readonly<Record<SlaProfileName, SlaProfile>> = {
  tiered_3: {
    title: { en: "Three tiers", "zh-CN": "三级响应" },
    promises: {
      emergency: { response: hours(1), arrival: hours(12) },
      major: { response: hours(4), arrival: hours(24) },
      general: { response: hours(8), arrival: hours(48) },
    },
    assumptions: [],
  },
  standard: {
    title: { en: "Standard", "zh-CN": "标准" },
    promises: {
      emergency: { response: hours(2), arrival: hours(24) },
      major: { response: hours(2), arrival: hours(24) },
      general: { response: hours(8), resolution: hours(48) },
    },
    assumptions: [
      {
        en: "Major faults are treated as emergencies: the source names only emergency and general",
        "zh-CN": "重大故障按紧急故障处理：来源只规定了紧急和一般两级",
      },
    ],
  },
  dealer_2h: {
    title: { en: "On site within 2 h", "zh-CN": "2 小时到场" },
    promises: same({ arrival: hours(2) }),
    assumptions: [
      {
        en: "“At once by phone” is the answered call itself and has no clock of its own",
        "zh-CN": "“电话即时响应”以接听来电为准，不单独计时",
      },
    ],
  },
  four_by_24: {
    title: { en: "4 × 24 h", "zh-CN": "4 个 24 小时" },
    promises: same({ arrival: hours(24), resolutionAfterArrival: hours(24) }),
    assumptions: [
      {
        en: "No source spells the four out; taken as: hotline open 24 h, arrival in 24 h, resolved 24 h after arrival, parts delivered in 24 h",
        "zh-CN":
          "来源未说明四个 24 小时的含义；暂按：热线 24 小时、24 小时到场、到场后 24 小时解决、配件 24 小时送达",
      },
    ],
  },
};

export const defaultProfile: SlaProfileName = "tiered_3";

const { emergency, general } = slaProfiles.standard.promises;

/**
 * What every customer may expect, whatever the plan of his machine says (PL-1): the general principle of the sources.
 * It names no major faults, which get at least what general ones get.
 */
export const baselinePromises: SlaProfile["promises"] = { emergency, major: general, general };
