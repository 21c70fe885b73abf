import { Duration } from 'aws-cdk-lib';
import { CLIENT_METRICS_OFF, LONG, ONCE } from './shapes';
import { TierAlarm } from './tier-alarm';
import { Graph, Watch, Watched } from './watched';
import { TASK_ENVIRONMENT } from '../contract/tasks';
import { ITaskScope, TaskRetention } from '../task-cache';

const RETENTION_REMEDY = 'Look at the log of the retention\'s function, at its timeout, and at its permissions on bucket and key';

export function watchTasks(scope: ITaskScope): Watched {
  const hasClients = TASK_ENVIRONMENT.metrics in scope.environment;
  return {
    kind: 'task scope',
    construct: scope,
    metricsOff: hasClients ? undefined : CLIENT_METRICS_OFF,
    graphs: (period) => hasClients ? graphs(scope, period) : [kept(scope, period)],
    watches: () => [...(hasClients ? watchClients(scope) : []), watchRetentionFailures(scope)],
  };
}

/** Its function alone: what it does in each scope and namespace, they tell. */
export function watchRetention(retention: TaskRetention): Watched {
  const { handler } = retention;
  return {
    kind: 'task retention',
    construct: retention,
    graphs: (period) => [
      { title: 'Runs', left: [handler.metricInvocations({ period }), handler.metricErrors({ period })] },
      { title: 'Duration', left: [handler.metricDuration({ period, statistic: 'Maximum' })] },
    ],
    watches: () => [{
      alarm: TierAlarm.TASK_RETENTION,
      meaning: 'a run of the retention has failed, so old results stay, and are billed',
      remedy: RETENTION_REMEDY,
      metric: handler.metricErrors({ period: LONG }),
      ...ONCE,
    }],
  };
}

function graphs(scope: ITaskScope, period: Duration): Graph[] {
  return [
    { title: 'Hit rate', left: [scope.metricHitRate({ period })], percent: true },
    {
      title: 'Executions, and time saved',
      left: [scope.metricExecutions({ period }), scope.metricFailures({ period }), scope.metricRetries({ period })],
      right: [scope.metricSavedTime({ period, label: 'SavedTime (ms)' })],
    },
    {
      title: 'Bytes, and requests',
      left: [scope.metricBytesPulled({ period }), scope.metricBytesPushed({ period }), scope.metricStoredBytes({ period })],
      right: [scope.metricRequests({ period })],
    },
    {
      title: 'Errors',
      left: [
        scope.metricStoreErrors({ period }), scope.metricRejected({ period }), scope.metricConflicts({ period }),
        scope.metricRetentionFailures({ period }),
      ],
    },
  ];
}

/** All there is to show of a scope whose clients publish nothing. */
function kept(scope: ITaskScope, period: Duration): Graph {
  return {
    title: 'Bytes that are kept, and retention',
    left: [scope.metricStoredBytes({ period })],
    right: [scope.metricRecords({ period }), scope.metricDroppedRecords({ period }), scope.metricRetentionFailures({ period })],
  };
}

function watchClients(scope: ITaskScope): Watch[] {
  return [
    {
      alarm: TierAlarm.TASK_STORE_ERRORS,
      meaning: 'requests to the bucket have failed, and the runs went on without it; what they did is done again',
      remedy: 'Look at the role\'s permissions, at the bucket\'s policy, and at the warnings of the run',
      metric: scope.metricStoreErrors({ period: LONG }),
      ...ONCE,
    },
    {
      alarm: TierAlarm.TASK_REJECTED,
      meaning: 'results were there and not reused, because they are damaged, missing or of another form',
      remedy: 'Look who may write to the scope: nobody else should have. Then clear it, so that they are made again',
      metric: scope.metricRejected({ period: LONG }),
      ...ONCE,
    },
  ];
}

function watchRetentionFailures(scope: ITaskScope): Watch {
  return {
    alarm: TierAlarm.TASK_RETENTION,
    meaning: 'the retention has failed to drop or delete something, so it stays, and is billed',
    remedy: RETENTION_REMEDY,
    metric: scope.metricRetentionFailures({ period: LONG }),
    ...ONCE,
  };
}
