import { Construct } from 'constructs';
import { DragonflyIndex } from './dragonfly-index';
import { DragonflyIndexProps } from './dragonfly-props';
import { ElastiCacheIndex, ElastiCacheIndexProps } from './live-index-elasticache';
import { EndpointIndex, EndpointIndexProps } from './live-index-endpoint';
import { ValkeyIndex, ValkeyIndexProps } from './live-index-valkey';

/** Servers that a live cache can have for its index. */
export class LiveIndex {
  /**
   * A Dragonfly server on Amazon ECS, in memory, of one task.
   *
   * @param scope where it is defined
   * @param id identifier in the scope
   * @param props what can be chosen
   */
  public static dragonfly(scope: Construct, id: string, props: DragonflyIndexProps): DragonflyIndex {
    return new DragonflyIndex(scope, id, props);
  }

  /**
   * One node of Valkey by Amazon ElastiCache.
   *
   * @param scope where it is defined
   * @param id identifier in the scope
   * @param props what can be chosen
   */
  public static valkey(scope: Construct, id: string, props: ValkeyIndexProps): ValkeyIndex {
    return new ValkeyIndex(scope, id, props);
  }

  /**
   * A cache of Amazon ElastiCache that is defined elsewhere, with one shard.
   *
   * Give its parameter group `maxmemory-policy: noeviction`, otherwise leases can be evicted while queries run.
   *
   * @param scope where it is defined
   * @param id identifier in the scope
   * @param props how it is reached
   */
  public static elastiCache(scope: Construct, id: string, props: ElastiCacheIndexProps): ElastiCacheIndex {
    return new ElastiCacheIndex(scope, id, props);
  }

  /**
   * Any server of the Redis protocol: Dragonfly Cloud, Valkey or Redis, or an index of another app.
   *
   * @param scope where it is defined
   * @param id identifier in the scope
   * @param props how it is reached
   */
  public static endpoint(scope: Construct, id: string, props: EndpointIndexProps): EndpointIndex {
    return new EndpointIndex(scope, id, props);
  }

  private constructor() {}
}
