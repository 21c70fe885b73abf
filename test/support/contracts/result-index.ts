import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  AttemptState, Entry, Identity, Lease, LookupRequest, Manifest, PublishRequest, ResultIndex,
} from '../../../runtime/live/index/result-index';
import { eventually } from '../../../runtime/testing/eventually';

const randomName = () => randomBytes(16).toString('base64url');

export function anIdentity(change: Partial<Identity> = {}): Identity {
  return { id: randomName(), scope: randomName(), tags: [], datasets: [], ...change };
}

export function aManifest(attempt: string, change: Partial<Manifest> = {}): Manifest {
  return { attempt, minute: '2030-01-01T00:05', keyVersion: '1', segments: [[262_144, 4_294_967_295], [1_048_576, 0]], ...change };
}

export function anEntry(attempt: string, change: Partial<Entry> = {}): Entry {
  return {
    ...aManifest(attempt), bytes: 1_310_720, rows: 12, batches: 3, duration: 45, ttl: 60_000, staleWhileRevalidate: 0, staleIfError: 0, ...change,
  };
}

export function aRequest(change: Partial<LookupRequest> = {}): LookupRequest {
  return { attempt: randomName(), cache: 'default', lease: 10_000, ...change };
}

/** Takes the lease, which must be free. */
export async function lead(index: ResultIndex, identity: Identity, change: Partial<LookupRequest> = {}): Promise<Lease> {
  const lookup = await index.lookup(identity, aRequest(change));
  if (lookup.role !== 'leader') throw new Error(`the lease was to be had, got ${JSON.stringify(lookup)}`);
  return lookup.lease;
}

/** Publishes an entry, under a lease that must be free. */
export async function put(
  index: ResultIndex, identity: Identity, change: Partial<Entry> = {}, request: Partial<PublishRequest> = {},
): Promise<Entry> {
  const lease = await lead(index, identity);
  const entry = anEntry(lease.attempt, change);
  expect(await index.publish(identity, lease, { entry, elapsed: 0, keep: true, ...request })).toBe('published');
  return entry;
}

export const roleOf = async (index: ResultIndex, identity: Identity, change: Partial<LookupRequest> = {}) =>
  (await index.lookup(identity, aRequest(change))).role;

export interface ResultIndexSubject {
  /** Two clients of one index: as if in two processes. The same one twice where it is in memory. */
  readonly one: ResultIndex;
  readonly other: ResultIndex;
}

/** What every index must do, whatever it keeps its entries in. Identities are new in each test, so it may be run on a server that is in use. */
export function describeResultIndex(title: string, subject: () => ResultIndexSubject): void {
  describe(`${title} keeps the contract of an index`, () => {
    let one: ResultIndex;
    let other: ResultIndex;
    let identity: Identity;
    beforeEach(() => {
      ({ one, other } = subject());
      identity = anIdentity({ tags: [randomName()], datasets: [randomName()] });
    });

    /** Whatever is told of the identity from now on. */
    async function told(): Promise<{ readonly messages: [string, AttemptState?][]; readonly stop: () => void }> {
      const messages: [string, AttemptState?][] = [];
      const stop = await other.listen(identity, (...message) => { messages.push(message); });
      return { messages, stop };
    }

    describe('lookup', () => {
      test('the first caller leads, the next one follows him', async () => {
        const lease = await lead(one, identity, { attempt: 'A'.repeat(21) });
        expect(lease.attempt).toBe('A'.repeat(21));
        expect(await other.lookup(identity, aRequest())).toEqual({ role: 'follower', attempt: lease.attempt });
      });

      test('a complete result is found as it was published, with its age', async () => {
        const entry = await put(one, identity, {}, { elapsed: 20_000 });
        const lookup = await other.lookup(identity, aRequest());
        expect(lookup).toEqual({ role: 'hit', found: { entry, age: expect.any(Number) } });
        expect(lookup.role === 'hit' && lookup.found.age).toBeGreaterThanOrEqual(20_000);
        expect(lookup.role === 'hit' && lookup.found.age).toBeLessThan(50_000);
      });

      test('a small result comes with it, up to 100 KB', async () => {
        const inline = randomBytes(75_000).toString('base64');
        const entry = await put(one, identity, { segments: [], inline });
        expect(await other.lookup(identity, aRequest())).toMatchObject({ role: 'hit', found: { entry } });
      });

      test('an entry ends with its life, counted from the start of its query', async () => {
        await put(one, identity, { ttl: 400 }, { elapsed: 250 });
        expect(await roleOf(one, identity)).toBe('hit');
        await eventually(async () => { expect(await roleOf(one, identity, { cache: 'only-if-cached' })).toBe('absent'); }, { every: 20 });
        expect(await roleOf(one, identity)).toBe('leader');
      });

      test('past its time to live it comes beside the lease, and beside whom to follow', async () => {
        const entry = await put(one, identity, { ttl: 1000, staleWhileRevalidate: 60_000 }, { elapsed: 2000 });
        const leader = await one.lookup(identity, aRequest());
        expect(leader).toMatchObject({ role: 'leader', stale: { entry } });
        expect(leader.role === 'leader' && leader.stale?.age).toBeGreaterThanOrEqual(2000);
        expect(await other.lookup(identity, aRequest())).toMatchObject({ role: 'follower', stale: { entry } });
        expect(await other.lookup(identity, aRequest({ cache: 'only-if-cached' }))).toMatchObject({ role: 'hit', found: { entry } });
      });

      test('of many that come at once one leads', async () => {
        const lookups = await Promise.all(Array.from({ length: 40 }, (_, i) => (i % 2 ? one : other).lookup(identity, aRequest())));
        const leaders = lookups.flatMap((lookup) => lookup.role === 'leader' ? [lookup.lease.attempt] : []);
        expect(leaders).toHaveLength(1);
        expect(lookups.filter((lookup) => lookup.role === 'follower' && lookup.attempt === leaders[0])).toHaveLength(39);
      });

      test('only-if-cached gives no lease', async () => {
        expect(await roleOf(one, identity, { cache: 'only-if-cached' })).toBe('absent');
        expect(await roleOf(one, identity)).toBe('leader');
        expect(await roleOf(one, identity, { cache: 'only-if-cached' })).toBe('absent');
      });

      test('reload leads whatever there is, and later callers follow it or find the older result', async () => {
        const first = await lead(one, identity);
        const second = await lead(other, identity, { cache: 'reload' });
        expect(second.fence).toBeGreaterThan(first.fence);
        expect(await one.lookup(identity, aRequest())).toMatchObject({ role: 'follower', attempt: second.attempt });
        await other.publish(identity, second, { entry: anEntry(second.attempt), elapsed: 0, keep: true });
        await lead(one, identity, { cache: 'reload' });
        expect(await other.lookup(identity, aRequest())).toMatchObject({ role: 'hit', found: { entry: { attempt: second.attempt } } });
      });

      test('identities do not meet', async () => {
        await put(one, identity);
        expect(await roleOf(one, anIdentity({ scope: identity.scope, tags: identity.tags, datasets: identity.datasets }))).toBe('leader');
      });
    });

    describe('lease', () => {
      test('lapses without a sign of life, and the next one takes over', async () => {
        const first = await lead(one, identity, { lease: 150 });
        await eventually(async () => { expect(await other.follow(identity, first.attempt)).toEqual({ state: 'gone' }); }, { every: 20 });
        const second = await lead(other, identity);
        expect(second.fence).toBeGreaterThan(first.fence);
      });

      test('is held by progress', async () => {
        const first = await lead(one, identity, { lease: 150 });
        for (let i = 0; i < 6; i++) {
          expect(await one.progress(identity, first, 2000)).toEqual({ listeners: 0 });
          await sleep(50);
        }
        expect(await other.lookup(identity, aRequest())).toMatchObject({ role: 'follower', attempt: first.attempt });
      });

      test('one that lapsed is held again, if nobody has had it since', async () => {
        const first = await lead(one, identity, { lease: 50 });
        await eventually(async () => { expect(await other.follow(identity, first.attempt)).toEqual({ state: 'gone' }); }, { every: 20 });
        expect(await one.progress(identity, first, 10_000)).toBeDefined();
        expect(await other.lookup(identity, aRequest())).toMatchObject({ role: 'follower', attempt: first.attempt });
      });

      test('one that is lost is not held again', async () => {
        const first = await lead(one, identity);
        const second = await lead(other, identity, { cache: 'reload' });
        expect(await one.progress(identity, first, 10_000)).toBeUndefined();
        expect(await one.lookup(identity, aRequest())).toMatchObject({ role: 'follower', attempt: second.attempt });
      });

      test('given back by who lost it, it stays with who has it', async () => {
        const first = await lead(one, identity);
        const second = await lead(other, identity, { cache: 'reload' });
        await one.release(identity, first);
        expect(await one.lookup(identity, aRequest())).toMatchObject({ role: 'follower', attempt: second.attempt });
        expect(await other.progress(identity, second, 10_000)).toEqual({ listeners: 0 });
      });

      test('given back, it is free, and its holder publishes nothing any more', async () => {
        const lease = await lead(one, identity);
        await one.release(identity, lease);
        expect(await one.publish(identity, lease, { entry: anEntry(lease.attempt), elapsed: 0, keep: true })).toBe('superseded');
        expect(await roleOf(other, identity)).toBe('leader');
      });
    });

    describe('publish', () => {
      test('frees the lease', async () => {
        await put(one, identity);
        await lead(other, identity, { cache: 'reload' });
      });

      test('of two holders only the younger one publishes, in either order', async () => {
        const first = await lead(one, identity);
        const second = await lead(other, identity, { cache: 'reload' });
        const publish = (index: ResultIndex, lease: Lease) =>
          index.publish(identity, lease, { entry: anEntry(lease.attempt), elapsed: 0, keep: true });
        expect(await publish(one, first)).toBe('superseded');
        expect(await roleOf(one, identity, { cache: 'only-if-cached' })).toBe('absent');
        expect(await publish(other, second)).toBe('published');
        expect(await publish(one, first)).toBe('superseded');
        expect(await one.lookup(identity, aRequest())).toMatchObject({ role: 'hit', found: { entry: { attempt: second.attempt } } });
      });

      test('works under a lease that lapsed, if nobody has had one since', async () => {
        const lease = await lead(one, identity, { lease: 50 });
        await eventually(async () => { expect(await other.follow(identity, lease.attempt)).toEqual({ state: 'gone' }); }, { every: 20 });
        expect(await one.publish(identity, lease, { entry: anEntry(lease.attempt), elapsed: 0, keep: true })).toBe('published');
        expect(await roleOf(other, identity)).toBe('hit');
      });

      test('what is not to be kept is told to followers and found by nobody else', async () => {
        const lease = await lead(one, identity);
        const { messages, stop } = await told();
        const entry = anEntry(lease.attempt, { inline: 'QUJD', segments: [] });
        expect(await one.publish(identity, lease, { entry, elapsed: 0, keep: false })).toBe('published');
        expect(await other.follow(identity, lease.attempt)).toEqual({ state: 'complete', entry });
        await eventually(() => { expect(messages).toEqual([[lease.attempt, { state: 'complete', entry }]]); }, { every: 10 });
        stop();
        expect(await roleOf(other, identity)).toBe('leader');
      });

      test('a result whose life is over is not kept', async () => {
        const lease = await lead(one, identity);
        expect(await one.publish(identity, lease, { entry: anEntry(lease.attempt, { ttl: 100 }), elapsed: 100, keep: true })).toBe('published');
        expect(await roleOf(other, identity)).toBe('leader');
      });

      test('a scope has no more entries than it may; the same one again is no further one', async () => {
        const [a, b, c] = [1, 2, 3].map(() => anIdentity({ scope: identity.scope }));
        await put(one, a, { ttl: 500 }, { scopeLimit: 2 });
        await put(one, b, {}, { scopeLimit: 2 });
        const publish = async (who: Identity, change: Partial<LookupRequest> = {}) => {
          const lease = await lead(one, who, change);
          return one.publish(who, lease, { entry: anEntry(lease.attempt), elapsed: 0, keep: true, scopeLimit: 2 });
        };
        expect(await publish(c)).toBe('over-limit');
        expect(await roleOf(other, c, { cache: 'only-if-cached' })).toBe('absent');
        expect(await publish(b, { cache: 'reload' })).toBe('published');
        await one.forget(b, (await one.find(b.id))!.entry!.attempt);
        expect(await publish(c)).toBe('published');
        await eventually(async () => { expect(await roleOf(one, a, { cache: 'only-if-cached' })).toBe('absent'); }, { every: 20 });
        expect(await publish(b)).toBe('published');
      });

      test.each(['scopes', 'all'] as const)('entries that an invalidation by %s made invalid do not count for their scope', async (by) => {
        const [a, b] = [anIdentity({ scope: identity.scope }), anIdentity({ scope: identity.scope })];
        await put(one, a, {}, { scopeLimit: 1 });
        await one.invalidate(by === 'all' ? { all: true } : { scopes: [identity.scope] });
        await put(one, b, {}, { scopeLimit: 1 });
        expect(await roleOf(one, b)).toBe('hit');
      });
    });

    describe('invalidation', () => {
      const ways = {
        'a tag': () => ({ tags: [identity.tags[0], randomName()] }),
        'a dataset': () => ({ datasets: { [identity.datasets[0]]: 'snapshot-43' } }),
        'the scope': () => ({ scopes: [identity.scope] }),
        everything: () => ({ all: true }),
      };

      test.each(Object.entries(ways))('by %s makes an entry invalid, and later ones valid', async (_, way) => {
        await put(one, identity);
        await other.invalidate(way());
        expect(await roleOf(one, identity, { cache: 'only-if-cached' })).toBe('absent');
        await put(one, identity);
        expect(await roleOf(other, identity)).toBe('hit');
      });

      test.each(Object.entries(ways))('by %s while it runs keeps it from being published, and from being joined', async (_, way) => {
        const first = await lead(one, identity);
        await other.invalidate(way());
        const second = await lead(other, identity);
        expect(second.epochs).not.toBe(first.epochs);
        expect(await one.publish(identity, first, { entry: anEntry(first.attempt), elapsed: 0, keep: true })).toBe('superseded');
        expect(await other.publish(identity, second, { entry: anEntry(second.attempt), elapsed: 0, keep: true })).toBe('published');
        expect(await one.lookup(identity, aRequest())).toMatchObject({ role: 'hit', found: { entry: { attempt: second.attempt } } });
      });

      test('keeps what was begun before from being published also where nobody asked since, and its followers have it all the same', async () => {
        const lease = await lead(one, identity);
        await other.invalidate({ tags: identity.tags });
        const entry = anEntry(lease.attempt);
        expect(await one.publish(identity, lease, { entry, elapsed: 0, keep: true })).toBe('invalidated');
        expect(await roleOf(other, identity, { cache: 'only-if-cached' })).toBe('absent');
        expect(await other.follow(identity, lease.attempt)).toEqual({ state: 'complete', entry });
        expect(await roleOf(other, identity)).toBe('leader');
      });

      test('of something else changes nothing', async () => {
        await put(one, identity);
        await one.invalidate({ tags: [randomName()], scopes: [randomName()], datasets: { [randomName()]: 'x' } });
        await one.invalidate({});
        expect(await roleOf(other, identity)).toBe('hit');
      });

      test('a dataset\'s version that is set again changes nothing', async () => {
        const datasets = { [identity.datasets[0]]: 'snapshot, 42' };
        await one.invalidate({ datasets });
        await put(one, identity);
        await other.invalidate({ datasets });
        expect(await roleOf(other, identity)).toBe('hit');
        await other.invalidate({ datasets: { [identity.datasets[0]]: 'snapshot, 43' } });
        expect(await roleOf(other, identity)).toBe('leader');
      });

      test('ten thousand tags at once', async () => {
        await put(one, identity);
        await one.invalidate({ tags: [...Array.from({ length: 10_000 }, (_, i) => `many-${i}`), identity.tags[0]] });
        expect(await roleOf(other, identity)).toBe('leader');
      });
    });

    describe('followers', () => {
      test('see the segments so far, when they come and while they wait', async () => {
        const lease = await lead(one, identity);
        const { messages, stop } = await told();
        const manifest = aManifest(lease.attempt);
        expect(await one.progress(identity, lease, 10_000, manifest)).toEqual({ listeners: 1 });
        expect(await other.lookup(identity, aRequest())).toEqual({ role: 'follower', attempt: lease.attempt, manifest });
        await eventually(() => { expect(messages).toEqual([[lease.attempt, { state: 'running', manifest }]]); }, { every: 10 });
        await one.progress(identity, lease, 10_000);
        expect(await other.follow(identity, lease.attempt)).toEqual({ state: 'running', manifest });
        stop();
      });

      test('a message that was lost is made good by asking', async () => {
        const lease = await lead(one, identity);
        expect(await other.follow(identity, lease.attempt)).toEqual({ state: 'running' });
        const entry = anEntry(lease.attempt, { segments: [], inline: 'QUJD' });
        await one.publish(identity, lease, { entry, elapsed: 0, keep: true });
        expect(await other.follow(identity, lease.attempt)).toEqual({ state: 'complete', entry });
      });

      test('are told of the end once', async () => {
        const lease = await lead(one, identity);
        const { messages, stop } = await told();
        const entry = anEntry(lease.attempt, { segments: [], inline: randomBytes(65_000).toString('base64') });
        await one.publish(identity, lease, { entry, elapsed: 0, keep: true });
        await eventually(() => { expect(messages).toEqual([[lease.attempt, { state: 'complete', entry }]]); }, { every: 10 });
        stop();
      });

      test('are told that a holder has given up', async () => {
        const lease = await lead(one, identity);
        const { messages, stop } = await told();
        await one.release(identity, lease);
        await eventually(() => { expect(messages).toEqual([[lease.attempt, { state: 'gone' }]]); }, { every: 10 });
        expect(await other.follow(identity, lease.attempt)).toEqual({ state: 'gone' });
        stop();
      });

      test('of an attempt that lost its lease are told on to its end', async () => {
        const first = await lead(one, identity);
        const { messages, stop } = await told();
        await lead(one, identity, { cache: 'reload' });
        const manifest = aManifest(first.attempt);
        expect(await one.progress(identity, first, 10_000, manifest)).toEqual({ listeners: 1 });
        expect(await other.follow(identity, first.attempt)).toEqual({ state: 'running', manifest });
        const entry = anEntry(first.attempt);
        expect(await one.publish(identity, first, { entry, elapsed: 0, keep: true })).toBe('superseded');
        expect(await other.follow(identity, first.attempt)).toEqual({ state: 'complete', entry });
        await eventually(() => {
          expect(messages).toEqual([[first.attempt, { state: 'running', manifest }], [first.attempt, { state: 'complete', entry }]]);
        }, { every: 10 });
        stop();
      });

      test('of an attempt that lost its lease, and whose holder died then, are told so', async () => {
        const first = await lead(one, identity);
        const second = await lead(one, identity, { cache: 'reload' });
        await one.progress(identity, first, 50, aManifest(first.attempt));
        await eventually(async () => { expect(await other.follow(identity, first.attempt)).toEqual({ state: 'gone' }); }, { every: 20 });
        expect(await other.follow(identity, second.attempt)).toEqual({ state: 'running' });
      });

      test('who has left is told nothing, the others are', async () => {
        const lease = await lead(one, identity);
        const [left, stays] = [await told(), await told()];
        left.stop();
        left.stop();
        await one.release(identity, lease);
        await eventually(() => { expect(stays.messages).toHaveLength(1); }, { every: 10 });
        expect(left.messages).toEqual([]);
        stays.stop();
      });

      test('may come back after the last one left', async () => {
        const lease = await lead(one, identity);
        (await told()).stop();
        const { messages, stop } = await told();
        await one.release(identity, lease);
        await eventually(() => { expect(messages).toHaveLength(1); }, { every: 10 });
        stop();
      });

      test('nothing is known of an attempt that never was', async () => {
        expect(await one.follow(identity, randomName())).toEqual({ state: 'gone' });
      });
    });

    describe('failures', () => {
      const failure = { name: 'SqlError', message: 'no such table: "ö"', code: '42P01' };

      test('one that is shared is told to those who wait and to those who come, for its time', async () => {
        const lease = await lead(one, identity);
        const { messages, stop } = await told();
        await one.release(identity, lease, { ...failure, keep: 300 });
        await eventually(() => { expect(messages).toEqual([[lease.attempt, { state: 'failed', failure }]]); }, { every: 10 });
        expect(await other.lookup(identity, aRequest())).toEqual({ role: 'failed', failure });
        expect(await other.follow(identity, lease.attempt)).toEqual({ state: 'failed', failure });
        await eventually(async () => { expect(await roleOf(other, identity)).toBe('leader'); }, { every: 20 });
        stop();
      });

      test('comes with what is stale', async () => {
        const entry = await put(one, identity, { ttl: 1000, staleIfError: 60_000 }, { elapsed: 2000 });
        await one.release(identity, await lead(one, identity), { ...failure, keep: 10_000 });
        expect(await other.lookup(identity, aRequest())).toMatchObject({ role: 'failed', failure, stale: { entry } });
      });

      test('is told to those who wait, and remembered for nobody, where it is kept for no time', async () => {
        const lease = await lead(one, identity);
        await one.release(identity, lease, { name: 'Error', message: 'x', keep: 0 });
        expect(await other.follow(identity, lease.attempt)).toEqual({ state: 'failed', failure: { name: 'Error', message: 'x' } });
        expect(await roleOf(other, identity)).toBe('leader');
      });

      test('is forgotten by an invalidation, by a reload that succeeds, and not heard from who lost the lease', async () => {
        await one.release(identity, await lead(one, identity), { ...failure, keep: 10_000 });
        expect(await roleOf(one, identity)).toBe('failed');
        await one.invalidate({ tags: identity.tags });
        await one.release(identity, await lead(one, identity), { ...failure, keep: 10_000 });
        const lost = await lead(one, identity, { cache: 'reload' });
        const lease = await lead(other, identity, { cache: 'reload' });
        await other.publish(identity, lease, { entry: anEntry(lease.attempt, { ttl: 200 }), elapsed: 0, keep: true });
        await one.release(identity, lost, { ...failure, keep: 10_000 });
        await eventually(async () => { expect(await roleOf(one, identity)).toBe('leader'); }, { every: 20 });
      });
    });

    describe('forgetting', () => {
      test('an entry is forgotten if it is still that attempt\'s', async () => {
        const entry = await put(one, identity);
        await other.forget(identity, randomName());
        expect(await roleOf(one, identity)).toBe('hit');
        await other.forget(identity, entry.attempt);
        expect(await other.follow(identity, entry.attempt)).toEqual({ state: 'gone' });
        expect(await roleOf(one, identity)).toBe('leader');
      });

      test('removing forgets an entry, and bars who makes it from publishing', async () => {
        await put(one, identity);
        const lease = await lead(one, identity, { cache: 'reload' });
        expect(await other.remove(identity.id)).toBe(true);
        expect(await other.remove(identity.id)).toBe(false);
        expect(await one.publish(identity, lease, { entry: anEntry(lease.attempt), elapsed: 0, keep: true })).toBe('superseded');
        expect(await roleOf(one, identity)).toBe('leader');
      });
    });

    describe('listing', () => {
      test('entries and attempts under way, of one scope or all', async () => {
        const [b, c] = [anIdentity({ scope: identity.scope }), anIdentity()];
        const entry = await put(one, identity);
        const lease = await lead(one, b);
        const manifest = aManifest(lease.attempt);
        await one.progress(b, lease, 10_000, manifest);
        await put(one, c);
        const listed = [];
        for await (const each of other.list({ scope: identity.scope })) listed.push(each);
        expect(listed.sort((x, y) => x.state.localeCompare(y.state))).toEqual([
          { id: identity.id, state: 'entry', scope: identity.scope, age: expect.any(Number), expiresIn: expect.any(Number), entry },
          { id: b.id, state: 'running', scope: b.scope, expiresIn: expect.any(Number), manifest },
        ]);
        expect(listed[0].expiresIn + listed[0].age!).toBe(60_000);
        const ids = new Set<string>();
        for await (const { id } of other.list()) ids.add(id);
        expect([...ids]).toEqual(expect.arrayContaining([identity.id, b.id, c.id]));
      });

      test('one is found by its identifier', async () => {
        expect(await one.find(identity.id)).toBeUndefined();
        await lead(one, identity);
        expect(await one.find(identity.id)).toMatchObject({ id: identity.id, state: 'running', scope: identity.scope });
        await one.remove(identity.id);
        expect(await one.find(identity.id)).toBeUndefined();
        const published = await put(one, identity);
        expect(await one.find(identity.id)).toMatchObject({ id: identity.id, state: 'entry', entry: published });
      });

      test('many', async () => {
        const all = Array.from({ length: 1200 }, () => anIdentity({ scope: identity.scope }));
        for (let i = 0; i < all.length; i += 200) await Promise.all(all.slice(i, i + 200).map((each) => lead(one, each, { lease: 30_000 })));
        const wanted = new Set(all.map(({ id }) => id));
        let listed = 0;
        for await (const { id } of other.list({ scope: identity.scope })) {
          listed += 1;
          wanted.delete(id);
        }
        expect({ listed, missing: wanted.size }).toEqual({ listed: 1200, missing: 0 });
      });
    });

    test('tells what it is', async () => {
      expect((await one.status()).server).toMatch(/^(memory|(redis|valkey|dragonfly) \d)/);
    });

    test('can be connected ahead', async () => {
      await one.connect();
      expect(await roleOf(one, identity)).toBe('leader');
    });
  });
}
