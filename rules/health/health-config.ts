/** What takes how much off a health index. Engineering defaults: no standard says how grave is how grave. */
export const healthConfig = {
  /** An active episode, by its severity. */
  costOfSeverity: { critical: 60, warning: 25, info: 5 },
  /** Of that, by the mode of its rule: what opens no ticket for want of precision counts half, what is on trial nothing. */
  weightOfMode: { active: 1, advisory: 0.5, shadow: 0 },
  /** A trouble code, by its lamp. */
  costOfLamp: { redStop: 60, amberWarning: 25, other: 10 },
  /** Something that counts besides the gravest takes this share of what it would take alone. */
  furtherShare: 0.5,
  /** A part: this much where it is certain to fail within the outlook, in proportion below; less likely than that: nothing. */
  life: { cost: 40, leastChance: 0.1 },
  /** Planned work that was not begun in its window: at once, and more until so many days have passed. */
  overdue: { cost: 10, most: 25, fullAfterDays: 60 },
  /** Repairs of one component within that time: each after the first. */
  history: { days: 180, cost: 5, most: 15 },
  /** A machine that cannot be heard as it should: its last word is all that is known. */
  silence: { stale: 5, offline: 15 },
  degradedGatewayCost: 5,
  /** Nothing heard for longer, while somebody listened: its health is unknown. */
  unknownAfterDays: 7,
  outlookDays: 30,
} as const;
