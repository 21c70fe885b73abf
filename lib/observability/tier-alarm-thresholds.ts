import { Duration } from 'aws-cdk-lib';

/** When alarms are raised. */
export interface TierAlarmThresholds {
  /**
   * Share of a memo cache's calls that needed the table and went without it, in percent. Alarms after a quarter of an hour.
   *
   * A share suits any traffic, where a number of errors would not. A request that fails now and then is made up for; a share that stays is the
   * table, its throttling or a permission.
   *
   * @default 5
   */
  readonly memoErrorShare?: number;

  /**
   * Age of the oldest event that waits to be handled. Alarms after a quarter of an hour.
   *
   * Events are handled within seconds; one that is retried waits for minutes.
   *
   * @default Duration.minutes(15)
   */
  readonly configOldestEvent?: Duration;

  /**
   * Rows, records or destinations that are found wrong within an hour. Alarms when it was so in three hours of the last 24.
   *
   * Once is no cause: an event was lost, and what it would have told was repaired. So is the first import, which finds all of it missing.
   *
   * Changes whose events are still on their way are found wrong as well. Choose a higher one where parameters change every few minutes, or where
   * events come by CloudTrail, which is minutes later.
   *
   * @default 1
   */
  readonly configDrift?: number;

  /**
   * Time within which a reconciler must have come to its end once, in whole minutes, a day at the most. Choose a longer one for a schedule that is
   * slower.
   *
   * By default it runs twice an hour. After a first deployment the alarm is raised until it has run.
   *
   * @default Duration.hours(6)
   */
  readonly configReconciliation?: Duration;

  /**
   * Share of a live cache's queries that went past it, or that a request to the bucket failed in, in percent. Alarms after a quarter of an hour.
   *
   * @default 5
   */
  readonly liveErrorShare?: number;

  /**
   * Time by which the oldest object of a live cache is overdue. Alarms as well when the sweeper says nothing for twice as long, or for two hours:
   * choose a longer one for a schedule that is slower.
   *
   * By default the sweeper runs every 5 minutes, and the bucket itself deletes objects after a day.
   *
   * @default Duration.hours(1)
   */
  readonly liveSweeperLag?: Duration;

  /**
   * Share of an index's memory that is used, in percent. Alarms after a quarter of an hour.
   *
   * A full index refuses writes: queries then go past the cache. The rest is time to do something about it.
   *
   * @default 80
   */
  readonly indexMemory?: number;

  /**
   * Share of calls of a memo cache, or of queries of a live cache, that must be answered without an execution, in percent. Alarms after three
   * quarters of an hour.
   *
   * What is a good share depends on what is cached. Tasks have no such alarm: how many results a run can reuse depends on what has changed.
   *
   * @default - no alarm
   */
  readonly leastHitRate?: number;
}
