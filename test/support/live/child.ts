import { LiveClient } from '../../../runtime/live';
import type { ArrowSource } from '../../../runtime/live/arrow/source';
import type { SegmentStore } from '../../../runtime/live/segments/segment-store';
import { inPieces } from './arrow-result';
import { partsIn, type Shared } from './child-parts';
import { A, heldAt, QUERY } from './fixtures';
import { never, troubledIndex, type IndexTrouble } from './troubled-index';

/** A process that executes a query, comes to a step and stays there, or that does all kinds of things and ends. */
const [, , what, names] = process.argv;
const shared = JSON.parse(names!) as Shared;
const { index, segments, keys } = partsIn(shared);

const tell = (message: string) => void process.stdout.write(`${message}\n`);
const stay = () => {
  tell('arrived');
  return never();
};

const NEVER = { opened: never() };
const keepAlive = () => setInterval(() => {}, 60_000);

async function lead(step: string): Promise<void> {
  keepAlive();
  const trouble: IndexTrouble = {
    before: (method) => method === 'publish' && step === 'publish' ? stay() : undefined,
    after: (method) => (method === 'publish' && step === 'published') || (method === 'progress' && step === 'middle') ? stay() : undefined,
  };
  const store: SegmentStore = {
    put: async (place, ...rest) => {
      if (step === 'upload' && place.key.endsWith('/00001')) await stay();
      await segments.put(place, ...rest);
    },
    read: (...args) => segments.read(...args),
    delete: (...args) => segments.delete(...args),
    list: (...args) => segments.list(...args),
    connect: () => segments.connect(),
    close: () => segments.close(),
  };
  const parts = { index: troubledIndex(index, trouble), segments: store, keys };
  const client = new LiveClient({ env: {}, namespace: shared.namespace, lease: '1s', parts });
  const result = await client.query(QUERY, (): ArrowSource | Promise<ArrowSource> => {
    if (step === 'start') return stay() as never;
    if (step === 'first') return heldAt(A, 1000, { opened: stay() });
    return step === 'middle' ? heldAt(A, 300_000, NEVER) : inPieces(A, 100_000);
  });
  await result.toBytes();
}

/** What a process may do, and then close: nothing may be left of it. */
async function live(): Promise<void> {
  const rejections: unknown[] = [];
  process.on('unhandledRejection', (reason) => rejections.push(reason));
  const open = (parts = partsIn(shared)) => new LiveClient({ env: {}, namespace: shared.namespace, parts, publishBeforeEnd: true });
  const [one, two] = [open({ index, segments, keys }), open()];
  const ask = async (client: LiveClient, key: string, source: () => ArrowSource | Promise<ArrowSource> = () => inPieces(A, 50_000)) =>
    (await client.query({ scope: 'tenant', key }, source)).toBytes();
  await Promise.all([ask(one, 'a'), ask(one, 'a'), ask(two, 'a')]);
  await Promise.all([ask(one, 'a'), ask(two, 'a')]);
  const failures = [
    ask(one, 'b', () => { throw new Error('thrown'); }), ask(two, 'b', () => Promise.reject(new Error('rejected'))),
    ask(one, 'c', () => A.subarray(0, 100_000)), ask(one, 'd', () => 5 as never),
  ];
  await Promise.allSettled(failures);
  for (const whenAbandoned of ['finish', 'abort', 'finish-if-awaited'] as const) {
    const left = await one.query({ scope: 'tenant', key: whenAbandoned, whenAbandoned }, () => inPieces(A, 50_000));
    await left.cancel();
    const leaving = new AbortController();
    const asked = one.query({ scope: 'tenant', key: [whenAbandoned], whenAbandoned, signal: leaving.signal }, () => never() as never);
    setTimeout(() => leaving.abort(), 20);
    await asked.catch(() => {});
  }
  // These are under way when the clients are closed.
  void one.query({ scope: 'tenant', key: 'led' }, () => heldAt(A, 300_000, NEVER)).then((result) => result.toBytes()).catch(() => {});
  void two.query({ scope: 'tenant', key: 'led' }, () => heldAt(A, 300_000, NEVER)).catch(() => {});
  void one.query({ key: 'alone' }, () => heldAt(A, 300_000, NEVER)).catch(() => {});
  void two.query({ mode: 'preview' }, () => inPieces(A, 50_000)).then((result) => result.cancel());
  await new Promise((resolve) => setTimeout(resolve, 200));
  await Promise.all([one.close(), two.close()]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const mine = ['PipeWrap', 'TTYWrap', 'WriteWrap', 'TickObject', 'Immediate', 'FSReqCallback'];
  const resources = process.getActiveResourcesInfo().filter((name) => !mine.includes(name));
  tell(JSON.stringify({ rejections: rejections.map(String), resources }));
}

void (what === 'live' ? live() : lead(what!));
