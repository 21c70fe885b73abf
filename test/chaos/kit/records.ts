/** What a process of the workload tells, one line of JSON each. */
export interface Told {
  /** What it is about: `answer`, `executing`… Each tier has its own. */
  readonly kind: string;
  readonly [field: string]: unknown;
}

/** Milliseconds of a clock that all processes of this machine share, and that nobody sets. */
export function instant(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
