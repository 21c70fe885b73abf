import { Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { watchAuditor, watchConfigCache, watchReconciler, watchReplication } from './config-watched';
import { watchDragonfly, watchElastiCache } from './index-watched';
import { watchLive } from './live-watched';
import { watchMemo } from './memo-watched';
import { watchRetention, watchTasks } from './tasks-watched';
import { Watched } from './watched';
import { ConfigAuditor, ConfigCache, ConfigFootprint, ConfigReconciler, ConfigReplication } from '../config-cache';
import { DragonflyIndex, ElastiCacheIndex, ILiveCache, ValkeyIndex } from '../live-cache';
import { IMemoCache } from '../memo-cache';
import { ITaskScope, TaskRetention } from '../task-cache';

/** How a tier is shown. */
export interface MonitoredTierOptions {
  /**
   * What it is called on dashboards and in alarms. It is a part of the alarms' logical ids: another name replaces them.
   *
   * @default - the construct's path in its stack
   */
  readonly name?: string;
}

/** A tier, or a part of one, that `TierDashboard` shows and `TierAlarms` watches. */
export class MonitoredTier {
  /**
   * A memo cache, by the metrics of its clients and of its table.
   *
   * @param cache the cache, defined here or elsewhere
   * @param options how it is shown
   */
  public static memo(cache: IMemoCache, options: MonitoredTierOptions = {}): MonitoredTier {
    return new MonitoredTier(cache, options, [watchMemo(cache)]);
  }

  /**
   * A whole config tier: its cache, and its log and its replication where it has them.
   *
   * A footprint that is defined elsewhere has no handlers that could be watched here.
   *
   * @param footprint the footprint
   * @param options how it is shown; the parts add their own names to it
   */
  public static config(footprint: ConfigFootprint, options: MonitoredTierOptions = {}): MonitoredTier {
    const { cache, auditor, replication } = footprint;
    return new MonitoredTier(footprint, options, [
      ...watchConfigCache(cache), ...(auditor ? [watchAuditor(auditor)] : []), ...(replication ? [watchReplication(replication)] : []),
    ]);
  }

  /**
   * A config cache and its reconciler.
   *
   * @param cache the cache
   * @param options how it is shown; the reconciler adds its own name to it
   */
  public static configCache(cache: ConfigCache, options: MonitoredTierOptions = {}): MonitoredTier {
    return new MonitoredTier(cache, options, watchConfigCache(cache));
  }

  /**
   * A log of changes.
   *
   * @param auditor the log
   * @param options how it is shown
   */
  public static configAuditor(auditor: ConfigAuditor, options: MonitoredTierOptions = {}): MonitoredTier {
    return new MonitoredTier(auditor, options, [watchAuditor(auditor)]);
  }

  /**
   * A reconciler without a cache. That of a cache comes with `configCache`.
   *
   * @param reconciler the reconciler
   * @param options how it is shown
   */
  public static configReconciler(reconciler: ConfigReconciler, options: MonitoredTierOptions = {}): MonitoredTier {
    return new MonitoredTier(reconciler, options, [watchReconciler(reconciler)]);
  }

  /**
   * A replication of parameters.
   *
   * @param replication the replication
   * @param options how it is shown
   */
  public static configReplication(replication: ConfigReplication, options: MonitoredTierOptions = {}): MonitoredTier {
    return new MonitoredTier(replication, options, [watchReplication(replication)]);
  }

  /**
   * A live cache: its clients and its sweeper. Its index is another one, as several caches can share it.
   *
   * @param cache the cache, defined here or elsewhere
   * @param options how it is shown
   */
  public static live(cache: ILiveCache, options: MonitoredTierOptions = {}): MonitoredTier {
    return new MonitoredTier(cache, options, [watchLive(cache)]);
  }

  /**
   * A Dragonfly server. Give it `metrics: true`, otherwise nothing is known of it.
   *
   * @param index the server
   * @param options how it is shown
   */
  public static dragonfly(index: DragonflyIndex, options: MonitoredTierOptions = {}): MonitoredTier {
    return new MonitoredTier(index, options, [watchDragonfly(index)]);
  }

  /**
   * A node of Valkey.
   *
   * @param index the node
   * @param options how it is shown
   */
  public static valkey(index: ValkeyIndex, options: MonitoredTierOptions = {}): MonitoredTier {
    return new MonitoredTier(index, options, [watchElastiCache(index)]);
  }

  /**
   * A cache of Amazon ElastiCache that is defined elsewhere. Give it `cacheClusterId`, otherwise nothing is known of it.
   *
   * @param index the cache
   * @param options how it is shown
   */
  public static elastiCache(index: ElastiCacheIndex, options: MonitoredTierOptions = {}): MonitoredTier {
    return new MonitoredTier(index, options, [watchElastiCache(index)]);
  }

  /**
   * A trust scope of a task cache, by the metrics of its clients and of the retention, in the scope's namespace.
   *
   * @param scope the scope, of a cache that is defined here or elsewhere
   * @param options how it is shown
   */
  public static tasks(scope: ITaskScope, options: MonitoredTierOptions = {}): MonitoredTier {
    return new MonitoredTier(scope, options, [watchTasks(scope)]);
  }

  /**
   * The retention of a task cache, `cache.retention`: whether its function runs to its end.
   *
   * @param retention the retention
   * @param options how it is shown
   */
  public static taskRetention(retention: TaskRetention, options: MonitoredTierOptions = {}): MonitoredTier {
    return new MonitoredTier(retention, options, [watchRetention(retention)]);
  }

  private constructor(
    private readonly root: IConstruct, private readonly options: MonitoredTierOptions, private readonly watched: readonly Watched[],
  ) {}

  /**
   * What is watched, by name. Parts of the tier have their path below it in theirs.
   *
   * @internal
   */
  public _parts(): { readonly name: string; readonly watched: Watched }[] {
    const { root, options } = this;
    const name = options.name ?? root.node.path.slice(Stack.of(root).node.path.length).replace(/^\//, '');
    return this.watched.map((watched) => ({ name: name + watched.construct.node.path.slice(root.node.path.length), watched }));
  }
}
