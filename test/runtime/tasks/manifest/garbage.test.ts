import { systemClock } from '../../../../runtime/resilience/clock';
import { MemoryObjectStore } from '../../../../runtime/stores/memory-object-store';
import { encodeTree } from '../../../../runtime/tasks/content/tree';
import type { Tree } from '../../../../runtime/tasks/content/shapes';
import { sha256 } from '../../../../runtime/tasks/content/verified-objects';
import { NewerFormatError } from '../../../../runtime/tasks/errors';
import { collectGarbage, type GarbageOptions } from '../../../../runtime/tasks/manifest/garbage';
import { ManifestFile } from '../../../../runtime/tasks/manifest/manifest-file';
import { withFolder, withRecords } from '../../../../runtime/tasks/manifest/rules';
import { digestOf, folderOf, objectOf, recordOf, withByte } from './samples';

const GRACE = 1_000;

class Bench {
  time = 1_790_000_000_000;
  readonly clock = { ...systemClock, now: () => this.time };
  readonly objects = new MemoryObjectStore({ clock: this.clock });
  readonly manifest = this.open();

  open(): ManifestFile {
    return new ManifestFile(this.objects, { clock: this.clock, monotonic: () => this.time });
  }

  async put(...names: string[]): Promise<void> {
    for (const name of names) await this.objects.create(objectOf(name), Buffer.from(name));
  }

  async putTree(...packs: string[]): Promise<string> {
    const location = (pack: string) => ({ slice: { pack: objectOf(pack), offset: 0, bytes: 1, digest: digestOf('') } });
    const entries: Tree['entries'] = packs.map((pack) => (
      { type: 'file', path: pack, mode: 0o644, bytes: 1, digest: digestOf(''), location: location(pack) }));
    const tree: Tree = { entries };
    const bytes = encodeTree(tree);
    const key = `objects/${sha256(bytes)}`;
    await this.objects.create(key, bytes);
    return key;
  }

  record(name: string, tree?: string, manifest = this.manifest) {
    const record = recordOf(name, { tree, body: { slice: { pack: objectOf(name), offset: 0, bytes: 1, digest: digestOf('') } } });
    return manifest.update((newest) => withRecords(newest, [record], () => []).manifest);
  }

  collect(options: Partial<GarbageOptions> = {}, manifest = this.manifest) {
    return collectGarbage({ objects: this.objects, manifest }, { grace: GRACE, ...options });
  }

  async left(): Promise<string[]> {
    const left: string[] = [];
    for await (const { key } of this.objects.list('')) left.push(key);
    return left;
  }
}

let bench: Bench;
beforeEach(() => { bench = new Bench(); });

test('what nothing refers to is condemned, deleted a grace period later, and known by name for another', async () => {
  await bench.put('old', 'used', 'in a tree', 'in a folder');
  await bench.objects.replace('leases/x', Buffer.from('{}'), undefined);
  const trees = [await bench.putTree('in a tree'), await bench.putTree('in a folder')];
  await bench.record('used', trees[0]);
  await bench.manifest.update((newest) => withFolder(newest, folderOf('f', { tree: trees[1], seen: newest.revision }), []).manifest);
  bench.time += GRACE + 1;
  await bench.put('young');
  const all = await bench.left();

  const first = await bench.collect();
  expect(first).toMatchObject({ objects: 7, condemned: 1, condemnedBytes: 3, deleted: 0, failures: [], unreadable: [] });
  expect([...bench.manifest.current.condemned]).toEqual([[objectOf('old'), bench.time]]);
  bench.time += GRACE - 1;
  expect(await bench.collect()).toMatchObject({ condemned: 0, deleted: 0 });
  await bench.objects.delete([objectOf('young')]);
  bench.time += 1;
  expect(await bench.collect()).toMatchObject({ condemned: 0, deleted: 1, deletedBytes: 3 });
  expect(await bench.left()).toEqual(all.filter((key) => key !== objectOf('old') && key !== objectOf('young')));
  expect([...bench.manifest.current.condemned]).toEqual([[objectOf('old'), bench.time]]);
  bench.time += GRACE;
  await bench.collect();
  expect(bench.manifest.current.condemned.size).toBe(0);
});

test('a dry run says what would be done, and does nothing', async () => {
  await bench.put('old', 'older');
  await bench.record('other');
  bench.time += GRACE + 1;
  const before = bench.manifest.current;
  expect(await bench.collect({ dryRun: true })).toMatchObject({ objects: 2, condemned: 2, deleted: 0 });
  expect(await bench.manifest.refresh()).toBe(before);
  await bench.collect();
  bench.time += GRACE;
  expect(await bench.collect({ dryRun: true })).toMatchObject({ condemned: 0, deleted: 2, deletedBytes: 8 });
  expect(await bench.left()).toHaveLength(3);
});

test('nothing to do is one look, and no write', async () => {
  await bench.put('a');
  await bench.record('a');
  const replace = jest.spyOn(bench.objects, 'replace');
  expect(await bench.collect()).toEqual({
    objects: 1, bytes: 1, condemned: 0, condemnedBytes: 0, deleted: 0, deletedBytes: 0, failures: [], unreadable: [],
  });
  expect(replace).not.toHaveBeenCalled();
});

test('what comes to be used while it is looked for is not condemned, also by a tree that was not read yet', async () => {
  await bench.put('a', 'b');
  const tree = await bench.putTree('b');
  bench.time += GRACE + 1;
  const { list } = MemoryObjectStore.prototype;
  jest.spyOn(bench.objects, 'list').mockImplementationOnce(async function* (this: MemoryObjectStore, ...args) {
    yield* list.apply(this, args);
    await bench.record('a', tree, bench.open());
  });
  expect(await bench.collect()).toMatchObject({ objects: 3, condemned: 0 });
});

test('of two at once, one deletes', async () => {
  await bench.put('a', 'b');
  bench.time += GRACE + 1;
  await bench.collect();
  bench.time += GRACE;
  const remove = jest.spyOn(bench.objects, 'delete');
  const others = [bench.open(), bench.open()];
  const reports = [await bench.collect({}, others[0]), await bench.collect({}, others[1])];
  expect(reports.map(({ deleted }) => deleted)).toEqual([2, 0]);
  expect(remove).toHaveBeenCalledTimes(1);
});

test('what is condemned and used all the same is not deleted', async () => {
  await bench.put('a');
  await bench.record('a');
  await bench.manifest.update((newest) => ({ ...newest, condemned: new Map([[objectOf('a'), 1]]) }));
  expect(await bench.collect()).toMatchObject({ deleted: 0 });
  expect(bench.manifest.current.condemned.size).toBe(0);
});

test('what cannot be deleted is told, and tried again', async () => {
  await bench.put('a', 'b');
  bench.time += GRACE + 1;
  await bench.collect();
  bench.time += GRACE;
  jest.spyOn(bench.objects, 'delete').mockResolvedValueOnce([{ key: objectOf('a'), message: 'denied' }]);
  expect(await bench.collect()).toMatchObject({ deleted: 1, failures: [{ key: objectOf('a'), message: 'denied' }] });
  bench.time += GRACE;
  expect((await bench.collect()).deleted).toBe(2);
  expect(await bench.left()).toEqual(['manifest']);
});

test('what is no object of ours stays', async () => {
  await bench.objects.create('objects/readme', Buffer.from('hello'));
  bench.time += GRACE + 1;
  expect(await bench.collect()).toMatchObject({ objects: 1, condemned: 0 });
});

describe('a tree that is referred to', () => {
  const withTree = async () => {
    await bench.put('a', 'b');
    const tree = await bench.putTree('b');
    await bench.record('a', tree);
    bench.time += GRACE + 1;
    return tree;
  };

  test('and cannot be read because the store fails: nothing is collected', async () => {
    const tree = await withTree();
    const { get } = MemoryObjectStore.prototype;
    jest.spyOn(bench.objects, 'get').mockImplementation(async (key, ...rest) => {
      if (key === tree) throw new Error('503');
      return get.call(bench.objects, key, ...rest);
    });
    await expect(bench.collect()).rejects.toThrow('503');
    expect(bench.manifest.current.condemned.size).toBe(0);
  });

  test('and is of a newer format: nothing is collected', async () => {
    const tree = await withTree();
    const newer = withByte((await bench.objects.get(tree))!, 4, 9);
    const key = `objects/${sha256(newer)}`;
    await bench.objects.create(key, newer);
    await bench.record('c', key);
    await expect(bench.collect()).rejects.toThrow(NewerFormatError);
    expect(bench.manifest.current.condemned.size).toBe(0);
  });

  test('and is not there: what only it refers to is not used', async () => {
    const tree = await withTree();
    await bench.objects.delete([tree]);
    expect(await bench.collect()).toMatchObject({ condemned: 1, unreadable: [tree] });
    expect([...bench.manifest.current.condemned.keys()]).toEqual([objectOf('b')]);
  });
});

test('a manifest that is damaged: nothing is collected', async () => {
  await bench.put('a');
  await bench.objects.replace('manifest', Buffer.from('?'), undefined);
  bench.time += GRACE + 1;
  await expect(bench.collect()).rejects.toMatchObject({ code: 'E_TASK_DAMAGED' });
  expect(await bench.left()).toHaveLength(2);
});
