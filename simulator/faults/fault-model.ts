/**
 * One way in which a machine type breaks: a change of physical parameters and how it grows. Signals change only because
 * the physics does.
 */
export interface FaultModel<Parameters> {
  /** Unique within the machine type, kebab-case. */
  readonly id: string;
  /** The failure mode of the plan that it is. */
  readonly failureMode: string;
  readonly title: { readonly en: string; readonly "zh-CN": string };
  /** Where the figures of this fault come from, or `engineering default`. */
  readonly source: string;
  /** Hours in which it grows from the first damage to failure, at nominal load: the shortest and the longest drawn. */
  readonly lifeHours: readonly [shortest: number, longest: number];
  /** When damage grows: by the calendar, while it runs, or in proportion to the load it works under. */
  readonly grows: "always" | "running" | "under-load";
  /** Severity is progress to this power: 1 grows evenly, 3 is hidden for long and then fast. */
  readonly shape: number;
  /** Severity from which on it shows in some signal, in principle. */
  readonly visibleFrom: number;
  /** Whether the machine stands once it has failed. */
  readonly stops: boolean;
  /** Changes `parameters`, which are healthy or changed by another fault. @param severity 0 none, 1 failed */
  apply(parameters: Parameters, severity: number): void;
}
