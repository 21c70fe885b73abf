/** What was found and done in one namespace. */
export class Tally {
  deletedObjects = 0;
  deletedBytes = 0;
  /** Objects that could not be deleted, and lists that could not be had. */
  failures = 0;
  /** Names in the place of minutes that are none: not of this cache, so what is below them is left. */
  foreign = 0;
  /** Objects of a minute that is over, written so short a time ago that the clock of who wrote them was wrong: they are left for now. */
  young = 0;
  /** Seconds that the oldest minute found was overdue. @default - not known, as the minutes could not be listed */
  lag?: number;

  constructor(readonly namespace: string) {}
}
