import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMemoizer } from '../../../runtime/memoize';
import { systemClock } from '../../../runtime/resilience/clock';
import { given, obey, tell, Workload } from '../kit/child';
import { instant } from '../kit/records';
import { KEYS, keyOf, keysOfTag, OWN_ERROR, TAGS, type FunctionName, type MemoTold } from './shapes';

interface Setting {
  readonly process: string;
  readonly table: string;
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

interface Value {
  readonly id: string;
  readonly of: string;
}

const { process: me, random, table, endpoint, region, credentials } = given<Setting>();
const says = (record: MemoTold) => tell({ ...record });
let skew = 0;

const memoize = createMemoizer({
  table, endpoint, region, credentials, environment: {}, budget: '1s', invalidationInterval: '1s',
  clock: { ...systemClock, now: () => Date.now() + skew },
});

class OwnError extends Error {
  override readonly name = OWN_ERROR;
}

async function compute(key: string): Promise<Value> {
  const id = randomUUID();
  says({ kind: 'executing', id, key, at: instant() });
  await sleep(random(40));
  // Told once the client has taken the value, and given it its time.
  setImmediate(() => says({ kind: 'computed', id, at: instant() }));
  if (random(20) === 0) throw new OwnError(`no value for ${key}`);
  return { id, of: key };
}

const common = { memory: '1s', lease: '1s', leaseWait: '5s' } as const;
const functions = {
  plain: memoize(compute, { ...common, name: 'plain', ttl: '2s' }),
  stale: memoize(compute, { ...common, name: 'stale', ttl: '1s', staleWhileRevalidate: '2s', staleIfError: '3s' }),
  kept: memoize(compute, { ...common, name: 'kept', ttl: '1h', tags: ([key]) => [`tag-${Number(key.split('/')[1]) % TAGS}`] }),
};
const names = Object.keys(functions) as FunctionName[];

async function call(fn: FunctionName, key: string, how: (key: string) => Promise<Value> = functions[fn]): Promise<Value | undefined> {
  const from = instant();
  try {
    const { id, of } = await how(key);
    says({ kind: 'answered', process: me, fn, key, from, id, of });
    return { id, of };
  } catch (error) {
    const { name, message } = error as Error;
    says({ kind: 'answered', process: me, fn, key, from, error: name === OWN_ERROR ? name : `${name}: ${message}` });
    return undefined;
  }
}

async function forget(how: 'delete' | 'clear' | 'tag'): Promise<void> {
  const fn = how === 'tag' ? 'kept' : names[random(names.length)]!;
  const [n, tag] = [random(KEYS), random(TAGS)];
  const all = Array.from({ length: KEYS }, (_, each) => keyOf(fn, each));
  const keys = { delete: [keyOf(fn, n)], clear: all, tag: keysOfTag(tag) }[how];
  const from = instant();
  try {
    if (how === 'delete') await functions[fn].delete(keys[0]!);
    else if (how === 'clear') await functions[fn].clear();
    else await memoize.invalidateTag(`tag-${tag}`);
  } catch (error) {
    tell({ kind: 'refused', how, code: (error as { code?: string }).code ?? String(error) });
    return;
  }
  says({ kind: 'forgot', process: me, fn, how, keys, from, to: instant() });
}

async function step(): Promise<void> {
  const fn = names[random(names.length)]!;
  const key = keyOf(fn, random(KEYS));
  const chance = random(100);
  if (chance < 3) await forget('delete');
  else if (chance < 5) await forget('clear');
  else if (chance < 7) await forget('tag');
  else if (chance < 10) await call(fn, key, functions[fn].refresh);
  else if (chance < 20) await Promise.all(Array.from({ length: 5 }, () => call(fn, key)));
  else await call(fn, key);
}

const workload = new Workload(random, 30);
for (let lane = 0; lane < 4; lane++) workload.lane(step);

obey({
  clock: ({ skew: by }: { skew: number }) => { skew = by; },
  call: async ({ key, times }: { key: string; times: number }) => {
    const values = await Promise.all(Array.from({ length: times }, () => call('kept', key)));
    await memoize.settled();
    return values.map((value) => value?.id);
  },
  clear: () => functions.kept.clear(),
  stats: () => memoize.stats(),
}, workload);
