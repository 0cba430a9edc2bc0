/** How a parameter group is sent. */
export interface GroupManner {
  /** How often; also of what is only sent on request, where nobody could ask. */
  readonly periodMs: number;
  /** 0 to 7, 0 the most urgent. */
  readonly priority: number;
  /** Default 8. */
  readonly bytes?: number;
  /** Only sent to whom asks for it. */
  readonly isOnRequest?: boolean;
}

/**
 * Rates, priorities and lengths by PGN. Those without a word behind are of SAE J1939-71 (65091 to 65097: ISO 11783-7).
 * "engineering default": the standard leaves it to the maker, or the rate was not looked up.
 */
const manners: Readonly<Record<number, GroupManner>> = {
  0: { periodMs: 10, priority: 3 }, // TSC1, to the engine
  61440: { periodMs: 100, priority: 6 }, // ERC1
  61441: { periodMs: 100, priority: 6 }, // EBC1
  61442: { periodMs: 10, priority: 3 }, // ETC1
  61443: { periodMs: 50, priority: 3 }, // EEC2
  61444: { periodMs: 20, priority: 3 }, // EEC1: depends on the engine's speed; engineering default
  61445: { periodMs: 100, priority: 6 }, // ETC2
  61454: { periodMs: 50, priority: 6 }, // AT1IG1
  61455: { periodMs: 50, priority: 6 }, // AT1OG1
  64891: { periodMs: 30_000, priority: 6 }, // AT1S1: engineering default
  64892: { periodMs: 1_000, priority: 6 }, // DPFC1
  64946: { periodMs: 500, priority: 6 }, // AT1IMG
  64947: { periodMs: 500, priority: 6 }, // AT1OG2
  64948: { periodMs: 500, priority: 6 }, // AT1IG2
  65091: { periodMs: 100, priority: 3 }, // rear PTO
  65092: { periodMs: 100, priority: 3 }, // front PTO
  65096: { periodMs: 100, priority: 3 }, // wheel-based speed and distance
  65097: { periodMs: 100, priority: 3 }, // ground-based speed and distance
  65110: { periodMs: 1_000, priority: 6 }, // AT1T1I
  65128: { periodMs: 1_000, priority: 6 }, // VF
  65213: { periodMs: 1_000, priority: 6 }, // FD1
  65217: { periodMs: 1_000, priority: 6 }, // VDHR
  65237: { periodMs: 1_000, priority: 6 }, // alternator: engineering default
  65243: { periodMs: 500, priority: 6 }, // EFL/P2
  65244: { periodMs: 1_000, priority: 6, isOnRequest: true }, // IO
  65247: { periodMs: 250, priority: 6 }, // EEC3
  65248: { periodMs: 100, priority: 6 }, // VD
  65251: { periodMs: 5_000, priority: 6, bytes: 39 }, // EC1
  65252: { periodMs: 1_000, priority: 6 }, // SHUTDN
  65253: { periodMs: 1_000, priority: 6, isOnRequest: true }, // HOURS
  65255: { periodMs: 1_000, priority: 6, isOnRequest: true }, // VH
  65256: { periodMs: 10_000, priority: 6 }, // VDS
  65257: { periodMs: 1_000, priority: 6, isOnRequest: true }, // LFC1
  65262: { periodMs: 1_000, priority: 6 }, // ET1
  65263: { periodMs: 500, priority: 6 }, // EFL/P1
  65264: { periodMs: 100, priority: 6 }, // PTO
  65265: { periodMs: 100, priority: 6 }, // CCVS1
  65266: { periodMs: 100, priority: 6 }, // LFE1
  65267: { periodMs: 5_000, priority: 6 }, // VP
  65269: { periodMs: 1_000, priority: 6 }, // AMB
  65270: { periodMs: 500, priority: 6 }, // IC1
  65271: { periodMs: 1_000, priority: 6 }, // VEP1
  65272: { periodMs: 1_000, priority: 6 }, // TRF1
  65276: { periodMs: 1_000, priority: 6 }, // DD1
  65279: { periodMs: 10_000, priority: 6 }, // WFI
};

/** Engineering defaults for groups that their maker defined: what moves, and what is only counted. */
const movingPeriodMs = 100;
const countedPeriodMs = 1_000;

/** How a group is sent. `isCounted`: there is nothing in it but counters; only matters where the group is the maker's. */
export const mannerOf = (pgn: number, isCounted: boolean): GroupManner =>
  manners[pgn] ?? { periodMs: isCounted ? countedPeriodMs : movingPeriodMs, priority: 6 };
