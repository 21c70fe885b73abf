// What every tier's model gives for one rate of requests.

/** What is asked of a tier: settings of its model, by name. */
export type Workload = Readonly<Record<string, number>>;

/** How much of a limit is used. */
export interface Use {
  readonly what: string;
  readonly load: number;
  readonly limit: number;
  readonly unit: string;
  /** What to do about it. */
  readonly then: string;
}

export interface Estimate {
  /** A second, of the whole application. */
  readonly requests: number;
  readonly processes: number;
  /** Who answers: shares of the requests, 1 in all. */
  readonly layers: Readonly<Record<string, number>>;
  /** Requests a second to the store behind the processes, and what one process alone does in memory is not among them. */
  readonly reads: number;
  readonly writes: number;
  /** The busiest partition, prefix or document: its steady load as a share of what it bears. */
  readonly hottest: Use;
  /** Bytes. Of a tier with an index. */
  readonly indexMemory?: number;
  /** A second. Of a tier that follows events. */
  readonly events?: number;
  readonly usdPerMonth: number;
  /** All limits that were looked at. */
  readonly uses: readonly Use[];
}

export const share = ({ load, limit }: Use): number => load / limit;

/** The limit that is nearest, or the one that is exceeded most. */
export function tightest(uses: readonly Use[]): Use {
  return uses.reduce((first, use) => share(use) > share(first) ? use : first);
}

export const over = (uses: readonly Use[]): Use[] => uses.filter((use) => share(use) > 1).sort((a, b) => share(b) - share(a));
