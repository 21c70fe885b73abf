import { systemClock } from '../../../../runtime/resilience/clock';
import { MemoryObjectStore } from '../../../../runtime/stores/memory-object-store';
import { DamagedError, NewerFormatError } from '../../../../runtime/tasks/errors';
import { decodeManifest } from '../../../../runtime/tasks/manifest/decode';
import { encodeManifest } from '../../../../runtime/tasks/manifest/encode';
import { ManifestFile } from '../../../../runtime/tasks/manifest/manifest-file';
import { withEpoch, withFolder, withRecords } from '../../../../runtime/tasks/manifest/rules';
import { EMPTY_MANIFEST, type Manifest, type TaskRecord } from '../../../../runtime/tasks/manifest/shapes';
import { folderOf, manifestOf, recordOf, withByte } from './samples';

const TIME = 1_790_000_000_000;
const adding = (...records: TaskRecord[]) => (newest: Manifest) => withRecords(newest, records, () => []).manifest;
const ids = ({ records }: Manifest) => [...records.values()].map(({ id }) => id).sort();

class Bench {
  time = TIME;
  readonly waits: number[] = [];
  readonly clock = {
    ...systemClock, now: () => this.time, sleep: async (ms: number) => { this.waits.push(ms); },
  };

  readonly store = new MemoryObjectStore({ clock: this.clock });
  conflicts = 0;

  open(attempts?: number): ManifestFile {
    return new ManifestFile(this.store, {
      clock: this.clock, attempts, onConflict: () => { this.conflicts++; }, monotonic: () => this.time - TIME + 77,
    });
  }

  async put(bytes: Uint8Array): Promise<void> {
    const there = await this.store.read('manifest');
    await this.store.replace('manifest', bytes, there === undefined ? undefined : (there as { etag: string }).etag);
  }

  async stored(): Promise<Manifest> {
    return decodeManifest((await this.store.read('manifest') as { bytes: Uint8Array }).bytes);
  }
}

const bench = () => new Bench();

describe('refresh', () => {
  test('one that is not there is empty; before it was read, there is none', async () => {
    const { store } = bench();
    const file = new ManifestFile(store);
    expect(() => file.current).toThrow('the manifest in memory was not read yet: refresh() it first');
    expect(await file.refresh()).toEqual(EMPTY_MANIFEST);
    expect(file.current).toEqual(EMPTY_MANIFEST);
  });

  test('asks for one that is another than the one known', async () => {
    const { store } = bench();
    const [ours, theirs] = [new ManifestFile(store), new ManifestFile(store)];
    await theirs.update(adding(recordOf('a')));
    const first = await ours.refresh();
    const read = jest.spyOn(store, 'read');
    expect(await ours.refresh()).toBe(first);
    expect(await read.mock.results[0].value).toBe('unchanged');
    await theirs.update(adding(recordOf('b')));
    expect(ids(await ours.refresh())).toEqual(['Task_a', 'Task_b']);
  });

  test('one that is damaged is told each time, without being fetched again; the one known before stays', async () => {
    const world = bench();
    const file = world.open();
    const known = await file.update(adding(recordOf('a')));
    await world.put(Buffer.from('what is this'));
    await expect(file.refresh()).rejects.toThrow(DamagedError);
    const read = jest.spyOn(world.store, 'read');
    await expect(file.refresh()).rejects.toThrow('does not begin as a manifest does');
    expect(await read.mock.results[0].value).toBe('unchanged');
    expect(file.current).toBe(known);
  });

  test('the time is the store\'s, and goes on by a clock that nobody sets', async () => {
    const world = bench();
    const file = world.open();
    expect(file.now()).toBe(TIME);
    await world.open().update(adding(recordOf('a')));
    jest.spyOn(world.store, 'read').mockResolvedValueOnce({ bytes: encodeManifest(EMPTY_MANIFEST), etag: 'x', time: 5_000 });
    await file.refresh();
    expect(file.now()).toBe(5_000);
    world.time += 250;
    expect(file.now()).toBe(5_250);
  });

  test('ends with the signal', async () => {
    const world = bench();
    await expect(world.open().refresh(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});

describe('update', () => {
  test('writes what is asked for, with the next revision, without reading it again', async () => {
    const world = bench();
    const file = world.open();
    await file.refresh();
    const read = jest.spyOn(world.store, 'read');
    await file.update(adding(recordOf('a')));
    expect((await file.update(adding(recordOf('b')))).revision).toBe(2);
    expect(read).not.toHaveBeenCalled();
    expect(await world.stored()).toEqual(file.current);
  });

  test('writes nothing where nothing changes, having looked whether it is the newest', async () => {
    const world = bench();
    const [ours, theirs] = [world.open(), world.open()];
    await ours.refresh();
    await theirs.update(adding(recordOf('a')));
    const replace = jest.spyOn(world.store, 'replace');
    const change = jest.fn((newest: Manifest) => newest.records.size > 5 ? newest : undefined);
    expect(ids(await ours.update(change))).toEqual(['Task_a']);
    expect(change.mock.calls.map(([{ revision }]) => revision)).toEqual([0, 1]);
    await ours.update((newest) => newest);
    expect(replace).not.toHaveBeenCalled();
  });

  test('asks again when somebody else was first, after waits that grow and are chosen by chance', async () => {
    const world = bench();
    const ours = world.open();
    await ours.update((newest) => withEpoch(newest, 'e'));
    const { replace } = MemoryObjectStore.prototype;
    const spy = jest.spyOn(world.store, 'replace');
    for (const other of ['other 1', 'other 2', 'other 3']) {
      spy.mockImplementationOnce(async (...args) => {
        const { bytes, etag } = await world.store.read('manifest') as { bytes: Uint8Array; etag: string };
        const newest = decodeManifest(bytes);
        const next = adding(recordOf(other))(newest);
        await replace.call(world.store, 'manifest', encodeManifest({ ...next, revision: newest.revision + 1 }), etag);
        return await replace.apply(world.store, args);
      });
    }
    const result = await ours.update(adding(recordOf('own')));
    expect(ids(result)).toEqual(['Task_other 1', 'Task_other 2', 'Task_other 3', 'Task_own']);
    expect([world.conflicts, world.waits.length]).toEqual([3, 3]);
    world.waits.forEach((ms, i) => expect(ms).toBeLessThan(20 * 2 ** (i + 1)));
  });

  test('twenty at once all keep what they have', async () => {
    const world = bench();
    await Promise.all(Array.from({ length: 20 }, (_, i) => world.open().update(adding(recordOf(String(i))))));
    expect((await world.stored()).records.size).toBe(20);
    const one = world.open();
    await Promise.all(Array.from({ length: 20 }, (_, i) => one.update(adding(recordOf(`more ${i}`)))));
    expect(await world.stored()).toEqual(one.current);
    expect(one.current.records.size).toBe(40);
  });

  test('fails after many attempts, and says what helps', async () => {
    const world = bench();
    jest.spyOn(world.store, 'replace').mockResolvedValue(undefined);
    const failure = world.open(7).update(adding(recordOf('a')));
    await expect(failure).rejects.toMatchObject({ code: 'E_TASK_CONFLICT', message: expect.stringMatching(/7 times in a row; let fewer runs write/) });
    expect([world.conflicts, world.waits.length]).toEqual([7, 7]);
  });

  test('a change that throws, or cannot be written, changes nothing; the next one has its turn', async () => {
    const world = bench();
    const file = world.open();
    await expect(file.update(() => { throw new Error('no'); })).rejects.toThrow('no');
    await expect(file.update(adding(recordOf('a', { duration: NaN })))).rejects.toThrow('cannot have NaN');
    expect(ids(await file.update(adding(recordOf('b'))))).toEqual(['Task_b']);
  });

  test('ends with the signal while it waits', async () => {
    const world = bench();
    const abort = new AbortController();
    jest.spyOn(world.store, 'replace').mockResolvedValue(undefined);
    world.clock.sleep = () => { abort.abort(new Error('enough')); return new Promise(() => {}); };
    await expect(world.open().update(adding(recordOf('a')), abort.signal)).rejects.toThrow('enough');
  });

  describe('an answer that is lost', () => {
    const losing = (world: Bench, then: () => Promise<unknown> = async () => {}) => {
      const { replace } = MemoryObjectStore.prototype;
      jest.spyOn(world.store, 'replace').mockImplementationOnce(async (...args) => {
        await replace.apply(world.store, args);
        await then();
        return undefined;
      });
    };

    test('is known by what is there: nothing is written twice', async () => {
      const world = bench();
      const file = world.open();
      await file.refresh();
      losing(world);
      const result = await file.update((newest) => withEpoch(newest, 'e'));
      expect([result.revision, result.epochs.get('e'), world.conflicts]).toEqual([1, 1, 0]);
      expect(await world.stored()).toEqual(result);
    });

    test('after which others wrote, does no harm: records come once, and a folder of theirs stays', async () => {
      const world = bench();
      const [ours, theirs] = [world.open(), world.open()];
      await ours.refresh();
      losing(world, () => theirs.update((newest) => {
        const folder = folderOf('f', { seen: newest.revision, tree: folderOf('theirs').tree, digest: folderOf('theirs').digest });
        return withFolder(adding(recordOf('b'))(newest), folder, []).manifest;
      }));
      let outcome: string | undefined;
      const result = await ours.update((newest) => {
        const merged = withFolder(adding(recordOf('a'))(newest), folderOf('f'), []);
        outcome = merged.outcome;
        return merged.manifest;
      });
      expect([ids(result), result.revision, outcome]).toEqual([['Task_a', 'Task_b'], 2, 'superseded']);
      expect(result.folders.get('f')!.tree).toBe(folderOf('theirs').tree);
    });
  });

  test('a manifest that vanished is begun anew, with revisions that go on', async () => {
    const world = bench();
    const file = world.open();
    await file.update(adding(recordOf('a')));
    await world.store.delete(['manifest']);
    expect(ids(await file.refresh())).toEqual([]);
    expect((await file.update(adding(recordOf('b', { seen: 1 })))).revision).toBe(2);
  });
});

describe('a damaged manifest', () => {
  test('is replaced, even where nothing changes; nothing of before is valid in it', async () => {
    const world = bench();
    const file = world.open();
    await file.update(adding(recordOf('a')));
    await world.put(Buffer.from('CTTM and then nothing'));
    const result = await file.update(adding(recordOf('b', { seen: 1 })));
    expect([ids(result), result.revision, result.cleared]).toEqual([[], TIME * 1000 + 1, TIME * 1000]);
    expect(ids(await file.update(adding(recordOf('c', { seen: result.revision }))))).toEqual(['Task_c']);
    await world.put(Buffer.alloc(3));
    await world.open().update(() => undefined);
    expect((await world.stored()).revision).toBe(TIME * 1000 + 1);
  });

  test('has higher revisions each time, also within the same second', async () => {
    const world = bench();
    const file = world.open();
    const revisions: number[] = [];
    for (let i = 0; i < 3; i++) {
      await world.put(Buffer.from([i]));
      revisions.push((await file.update(() => undefined)).revision);
    }
    expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b));
  });

  test('of a revision that somebody made up goes back to the time', async () => {
    const world = bench();
    await world.put(encodeManifest(manifestOf({ revision: 2 ** 52 })));
    expect((await world.open().update(() => undefined)).revision).toBe(TIME * 1000 + 1);
    const file = world.open();
    await world.put(encodeManifest(manifestOf({ revision: 2 ** 52 - 2 ** 32 })));
    await file.refresh();
    await world.put(Buffer.from('?'));
    expect((await file.update(() => undefined)).revision).toBe(TIME * 1000 + 1);
  });

  test('of a newer format is neither read nor replaced', async () => {
    const world = bench();
    const newer = withByte(encodeManifest(manifestOf({ records: [recordOf('a')] })), 4, 2);
    await world.put(newer);
    const file = world.open();
    await expect(file.refresh()).rejects.toThrow(NewerFormatError);
    await expect(file.update(adding(recordOf('b')))).rejects.toThrow('update it');
    expect(Buffer.compare((await world.store.read('manifest') as { bytes: Uint8Array }).bytes, newer)).toBe(0);
  });
});
