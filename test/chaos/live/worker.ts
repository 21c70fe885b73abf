import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { LiveClient, type LiveQuery } from '../../../runtime/live';
import { RedisResultIndex } from '../../../runtime/live/index/redis-result-index';
import { StaticKeyRing } from '../../../runtime/live/keys/static-key-ring';
import type { ExecutionContext } from '../../../runtime/live/options';
import { S3SegmentStore } from '../../../runtime/live/segments/s3-segment-store';
import { systemClock } from '../../../runtime/resilience/clock';
import { arrowResult } from '../../support/live/arrow-result';
import type { Shared } from '../../support/live/child-parts';
import { given, obey, tell, Workload } from '../kit/child';
import { instant } from '../kit/records';
import { LIFE, OWN_ERROR, SCOPES, type LiveTold } from './shapes';

const { process: me, random, indexUrl, namespace, masterKey, bucket, endpoint, region, credentials } = given<Shared & { readonly process: string }>();
const says = (record: LiveTold) => tell({ ...record });
let skew = 0;

/** Patience of the bucket's client, in milliseconds. */
const PATIENCE = 2000;
const live = new LiveClient({
  env: {}, namespace, lease: '2s', ...LIFE, executionTimeout: '30s',
  parts: {
    index: new RedisResultIndex({ url: indexUrl, namespace, load: () => import('@redis/client') }),
    segments: new S3SegmentStore({
      bucket, endpoint, region, credentials, insecure: true, env: {}, readTimeout: PATIENCE, writeTimeout: PATIENCE, idleTimeout: PATIENCE,
    }),
    keys: new StaticKeyRing(masterKey, namespace),
    clock: { ...systemClock, now: () => Date.now() + skew },
  },
});

class OwnError extends Error {
  override readonly name = OWN_ERROR;
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Keys with an even number have other bytes with each execution; those of the others change every three seconds. Every fourth is large. */
const KEYS = 6;
const STEADY = 3000;
const ROWS = { small: 500, large: 40_000 } as const;

function seedOf(scope: string, key: string): number {
  const unique = Number(key.slice(1)) % 2 === 0;
  const version = unique ? `${me} ${random(2 ** 31)} ${instant()}` : String(Math.floor(instant() / STEADY));
  return createHash('sha256').update(`${scope} ${key} ${version}`).digest().readUInt32LE() + 1;
}

function bytesOf(scope: string, key: string): Uint8Array {
  return arrowResult({ rows: Number(key.slice(1)) % 4 === 3 ? ROWS.large : ROWS.small, seed: seedOf(scope, key) });
}

/** What comes of it is decided here, so that others who read along see the same. */
async function* execute(scope: string, key: string, { signal }: ExecutionContext): AsyncGenerator<Uint8Array> {
  const bytes = bytesOf(scope, key);
  says({ kind: 'executing', bytes: digest(bytes), scope, key, at: instant() });
  const chance = random(40);
  await sleep(random(40), undefined, { signal });
  if (chance === 0) throw new OwnError('before the first byte');
  const size = Math.ceil(bytes.length / 4);
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.subarray(at, at + size);
    await sleep(random(20), undefined, { signal });
    if (at > 0 && chance === 1) throw new OwnError('in the middle');
    if (at > 0 && chance === 2) return; // a source that is cut
  }
}

async function ask(query: LiveQuery & { readonly scope: string; readonly key: string }): Promise<{ status?: string; bytes?: string }> {
  const { scope, key } = query;
  const from = instant();
  let status: string | undefined;
  try {
    const result = await live.query(query, (context) => execute(scope, key, context));
    status = [result.status, ...result.reason === undefined ? [] : [result.reason]].join(' ');
    const bytes = digest(await result.toBytes());
    says({ kind: 'answered', process: me, scope, key, from, status, bytes });
    return { status, bytes };
  } catch (error) {
    const { name, code, message } = error as Error & { code?: string };
    const known = name === OWN_ERROR || name === 'TimeoutError' ? name : typeof code === 'string' ? code : `${name}: ${message}`;
    says({ kind: 'answered', process: me, scope, key, from, status, error: known });
    return {};
  }
}

/** Begins to read, and leaves. */
async function leave(query: LiveQuery & { readonly scope: string; readonly key: string }): Promise<void> {
  try {
    const result = await live.query(query, (context) => execute(query.scope, query.key, context));
    const reader = result.stream.getReader();
    await reader.read();
    await reader.cancel();
  } catch {
    // Who leaves does not care.
  }
  tell({ kind: 'left' });
}

async function preview(): Promise<{ status: string; whole: boolean }> {
  const bytes = arrowResult({ seed: random(1000) + 1 });
  const result = await live.query({ mode: 'preview' }, async function* () { yield bytes; });
  return { status: `${result.status} ${result.reason}`, whole: digest(await result.toBytes()) === digest(bytes) };
}

async function invalidate(): Promise<void> {
  const scopes = random(2) === 0 ? SCOPES : [SCOPES[random(SCOPES.length)]!];
  const from = instant();
  try {
    await live.invalidate({ tags: ['orders'], scopes });
    says({ kind: 'invalidated', process: me, scopes, from, to: instant() });
  } catch (error) {
    tell({ kind: 'refused', code: (error as { code?: string }).code ?? String(error) });
  }
}

async function step(): Promise<void> {
  const query = { scope: SCOPES[random(SCOPES.length)]!, key: `k${random(KEYS)}`, tags: ['orders'] };
  const chance = random(100);
  if (chance < 4) await invalidate();
  else if (chance < 8) tell({ kind: 'preview', ...await preview() });
  else if (chance < 12) await ask({ ...query, cache: 'reload' });
  else if (chance < 15) await ask({ ...query, cache: 'no-store' });
  else if (chance < 18) await ask({ ...query, cache: 'only-if-cached' });
  else if (chance < 22) await leave(query);
  else if (chance < 26) await ask({ ...query, signal: AbortSignal.timeout(random(60)) });
  else if (chance < 40) await Promise.all(Array.from({ length: 4 }, () => ask(query)));
  else await ask(query);
}

const workload = new Workload(random, 60);
for (let lane = 0; lane < 3; lane++) workload.lane(step);

obey({
  clock: ({ skew: by }: { skew: number }) => { skew = by; },
  ask: async ({ key }: { key: string }) => {
    const answer = await ask({ scope: SCOPES[0]!, key, tags: ['orders'] });
    await live.settled();
    return answer;
  },
  preview,
  stats: () => live.stats(),
}, workload);
