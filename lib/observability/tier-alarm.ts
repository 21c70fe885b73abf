/** The alarms that there are. A tier has those of its own. */
export enum TierAlarm {
  /** Of a memo cache: calls go without the table, because requests to it fail. */
  MEMO_ERRORS = 'MemoErrors',

  /** Of a part of a config tier: there are messages that it could not handle. */
  CONFIG_DEAD_LETTERS = 'ConfigDeadLetters',

  /** Of a part of a config tier: it is behind. */
  CONFIG_OLDEST_EVENT = 'ConfigOldestEvent',

  /** Of a reconciler or a replication: what is wrong comes again and again. */
  CONFIG_DRIFT = 'ConfigDrift',

  /** Of a reconciler: it does not come to its end. */
  CONFIG_RECONCILIATION = 'ConfigReconciliation',

  /** Of a replication: rules do not hold, because they fail, are refused or wait for a source. */
  CONFIG_RULES = 'ConfigRules',

  /** Of a live cache: queries go past it, because the index, the bucket or the keys cannot be used. */
  LIVE_BYPASSES = 'LiveBypasses',

  /** Of a live cache: requests to the bucket fail. */
  LIVE_STORAGE_ERRORS = 'LiveStorageErrors',

  /** Of a live cache: results stay longer than they may, or the sweeper does not run. */
  LIVE_SWEEPER = 'LiveSweeper',

  /** Of an index: its memory is nearly full, or it does not say. */
  INDEX_MEMORY = 'IndexMemory',

  /** Of a trust scope: the store failed, and no run was told. */
  TASK_STORE_ERRORS = 'TaskStoreErrors',

  /** Of a trust scope: results are damaged, or of another form. */
  TASK_REJECTED = 'TaskRejected',

  /** Of a trust scope or a retention: old results are not dropped. */
  TASK_RETENTION = 'TaskRetention',

  /** Of a memo or a live cache, if `leastHitRate` is given: too little is found. */
  HIT_RATE = 'HitRate',
}
