import { createHash } from 'node:crypto';
import type { TaskNode } from '../../../../runtime/tasks/definition/graph';
import { graphOf } from '../../../../runtime/tasks/definition/graph';
import { keyOf } from '../../../../runtime/tasks/definition/key';
import type { TaskInstance } from '../../../../runtime/tasks/definition/shapes';
import type { TaskRecord } from '../../../../runtime/tasks/manifest/shapes';
import type { PlanOptions, PlanStorage } from '../../../../runtime/tasks/running/plan';
import type { FoundResult } from '../../../../runtime/tasks/storage/shapes';

/** Results that were kept, as a plan sees them. */
export class Kept implements PlanStorage {
  readonly results: FoundResult[] = [];
  /** Keys of those that are not valid any more. */
  readonly over = new Set<string>();
  readonly off = new Set<string>();
  readonly switches = { allows: (family: string) => !this.off.has(family) };

  knows(key: string): TaskRecord | undefined {
    return this.over.has(key) ? undefined : this.results.find(({ record }) => record.key === key)?.record;
  }

  async latest(id: string): Promise<FoundResult | undefined> {
    return this.results.filter(({ record }) => record.id === id).at(-1);
  }

  /** Keeps results of a task and of all that it requires, made of what there is now, each in 100 ms. */
  async make(task: TaskInstance, options: PlanOptions): Promise<void> {
    const digests = new Map<TaskNode, string>();
    for (const node of graphOf([task]).nodes.values()) {
      const { id, family, params, definition } = node.task;
      const digest = createHash('sha256').update(id).digest('hex');
      digests.set(node, digest);
      const required = Object.fromEntries(Object.entries(node.requires).map(([name, one]) =>
        [name, Array.isArray(one) ? one.map((each: TaskNode) => digests.get(each)!) : digests.get(one as TaskNode)!]));
      const { key, parts } = await keyOf(node.task, required, options);
      this.results.push({
        record: {
          key, id, family, digest, body: { chunks: [] }, bytes: 10, created: 1000, duration: 100, seen: 0, requires: [],
          validity: { kind: 'ttl', until: Date.UTC(2030, 0, 1) },
        },
        body: { id, family, version: definition.version ?? '1', params, parts, producer: { run: 'earlier', build: '7' } },
        files: { paths: [] } as never, tier: 'remote', scope: 'main',
      });
    }
  }

  /** Nothing of a family is valid any more. */
  end(family: string): void {
    for (const { record } of this.results) if (record.family === family) this.over.add(record.key);
  }
}

export function planOptions(options: Partial<PlanOptions> = {}): PlanOptions {
  return { root: __dirname, env: { STAGE: 'prod' }, run: 'now', force: () => false, ...options };
}
