/** As `GET /rollouts` and `GET /rollouts/{rolloutId}` give them. */
export interface RolloutRow {
  readonly rolloutId: string;
  readonly version: number;
  readonly title: string;
  readonly state: string;
  readonly reason: string;
  readonly wave: number;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly rollbackOf: string | null;
  /** Gateways by state. */
  readonly counts: Readonly<Record<string, number>>;
}

export interface TextProblem {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export interface RolloutTarget {
  readonly gatewayId: string;
  readonly wave: number;
  readonly state: string;
  readonly reason: string;
  readonly problems: readonly TextProblem[];
  readonly updatedAt: string;
}

export interface WholeRollout extends Omit<RolloutRow, "counts"> {
  readonly text: string;
  readonly targets: readonly RolloutTarget[];
}
