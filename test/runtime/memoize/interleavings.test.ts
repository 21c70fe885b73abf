import type { EntryStore, Memoize } from '../../../runtime/memoize';
import { createMemoizer } from '../../../runtime/memoize';
import { ManualClock, MemoryEntryStore } from '../../../runtime/testing';
import { idle } from './worlds';

/** The same sequence for the same seed. */
function randomizer(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return state % below;
  };
}

/** A store whose every operation takes some turns of the event loop before and after it happens. */
function jittery(store: EntryStore, random: (below: number) => number): EntryStore {
  return new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]) => {
        await idle(random(4));
        const result: unknown = await Reflect.apply(member, target, args);
        await idle(random(4));
        return result;
      };
    },
  });
}

type Kind = 'delete' | 'clear' | 'tag';

/** @returns values that a process served although it had itself invalidated everything that was computed before */
async function violations(kind: Kind, seed: number): Promise<string[]> {
  const random = randomizer(seed);
  const clock = new ManualClock();
  const store = jittery(new MemoryEntryStore(), random);
  const processes: Memoize[] = Array.from({ length: 3 }, () => createMemoizer({ store, clock, random: () => 0.5, budget: '10s' }));
  let runs = 0;
  const options = {
    ttl: '10s', jitter: 0, memory: '20s', staleWhileRevalidate: random(2) ? '1m' : 0, staleIfError: random(3) ? 0 : '1m',
    tags: random(2) ? ['t'] : (_args: unknown, _value: unknown) => ['t'],
  } as const;
  async function get(_key: string): Promise<number> {
    const born = ++runs;
    await idle(random(6));
    if (random(10) === 0) throw new Error('fails');
    return born;
  }
  const functions = processes.map((memoize) => memoize(get, { ...options, name: `${kind}${seed}` }));
  const invalidated = processes.map(() => new Map<string, number>());
  const found: string[] = [];
  const pending: Promise<unknown>[] = [];

  for (let step = 0; step < 60; step++) {
    const process = random(3);
    const key = `k${random(2)}`;
    const choice = random(20);
    if (choice < 12) {
      const after = invalidated[process].get(key) ?? 0;
      pending.push(functions[process](key).then((born) => {
        if (born <= after) found.push(`seed ${seed}, step ${step}: process ${process} got run ${born} of ${key}, invalidated up to ${after}`);
      }, () => {}));
    } else if (choice < 16) {
      const upTo = runs;
      const [fn, memoize] = [functions[process], processes[process]];
      const done = kind === 'delete' ? fn.delete(key) : kind === 'clear' ? fn.clear() : memoize.invalidateTag('t');
      for (const each of kind === 'delete' ? [key] : ['k0', 'k1']) {
        pending.push(done.then(() => invalidated[process].set(each, Math.max(upTo, invalidated[process].get(each) ?? 0))));
      }
      if (random(2)) await done;
    } else if (choice < 17) {
      pending.push(functions[process].refresh(key).catch(() => {}));
    } else {
      await clock.advance([1, 500, 6000, 11_000, 25_000][random(5)]);
    }
    await idle(random(5));
  }
  let settled = false;
  void Promise.all(pending).then(() => { settled = true; });
  for (let turn = 0; turn < 500 && !settled; turn++) {
    await idle(5);
    await clock.advance(300);
  }
  if (!settled) found.push(`seed ${seed}: somebody waits for ever`);
  return found;
}

const KINDS: readonly Kind[] = ['delete', 'clear', 'tag'];

test.each(KINDS)('after its own %s a process never serves what was computed before, whatever happens at the same time', async (kind) => {
  const found: string[] = [];
  for (let seed = 1; seed <= 60; seed++) found.push(...await violations(kind, seed * 7919));
  expect(found).toEqual([]);
}, 60_000);
