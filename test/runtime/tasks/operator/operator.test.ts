import { ssmClient } from '../../../../runtime/aws/ssm';
import { startParameterStore, type ParameterStoreServer } from '../../../support/parameter-store';
import { key, OperatedWorld } from './world';

let world: OperatedWorld;
beforeEach(() => { world = new OperatedWorld(); });
afterEach(() => world.close());

async function chain(): Promise<void> {
  await world.keep(
    { key: 'a', id: 'Read_a' }, { key: 'b', id: 'Make_b', requires: ['a'] }, { key: 'c', id: 'Use_c', requires: ['b'] }, { key: 'd', id: 'Read_d' },
  );
}

/** Ids of tasks that a run finds. */
async function found(): Promise<string[]> {
  const storage = world.storage();
  await storage.refresh();
  const all = ['a', 'b', 'c', 'd'].flatMap((name) => storage.knows(key(name), 'run')?.id ?? []);
  await storage.close();
  return all;
}

describe('status', () => {
  test('counts results and folders of each place', async () => {
    await world.keep({ key: 'a', id: 'Read_a' }, { key: 'b', id: 'Read_b', validity: { kind: 'ttl', until: 1 } }, { key: 'c', id: 'Make_c' });
    await world.push({ 'x.txt': 'four' });
    const { places, switches } = await world.operator({ mode: 'local:r,remote:rw' }).status();
    expect(switches).toBeUndefined();
    expect(places.map(({ tier, reads, writes }) => [tier, reads, writes])).toEqual([['local', true, false], ['remote', true, true]]);
    expect(places[0]!.manifest).toMatchObject({ revision: 0, records: 0, bytes: 0, folders: [] });
    expect(places[1]!.manifest).toMatchObject({
      revision: 4, records: 3, valid: 2, lastPush: expect.any(Number), cleared: 0, condemned: 0,
      folders: [{ name: 'output', files: 1, bytes: 4, pushed: expect.any(Number) }],
      families: [{ family: 'Read', records: 2, valid: 1, newest: expect.any(Number) }, { family: 'Make', records: 1, valid: 1 }],
    });
    expect(places[0]!.manifest).not.toHaveProperty('lastPush');
  });

  test('tells the rest where one cannot be asked', async () => {
    world.remote.read = () => Promise.reject(new Error('out of order'));
    const { places } = await world.operator({ mode: 'local:rw,remote:rw' }).status();
    expect(places.map(({ manifest }) => 'error' in manifest ? manifest.error.message : manifest.records)).toEqual([0, 'out of order']);
  });

  test('ends when it is to', async () => {
    await expect(world.operator().status(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});

test('records: by id, family or pattern, the youngest first, with their places', async () => {
  await chain();
  const operator = world.operator({ mode: 'local:rw,remote:rw' });
  const ids = async (task?: string) => (await operator.records({ task })).map(({ record }) => record.id);
  expect((await ids()).sort()).toEqual(['Make_b', 'Read_a', 'Read_d', 'Use_c']);
  expect([await ids('Make_b'), await ids('*_c'), await ids('none')]).toEqual([['Make_b'], ['Use_c'], []]);
  expect((await ids('Read')).sort()).toEqual(['Read_a', 'Read_d']);
  expect((await operator.records({ task: 'Make_b' }))[0]).toMatchObject({ valid: true, places: [{ tier: 'remote', scope: 'main' }] });
});

describe('explain', () => {
  test('says what a result was made of, and what differs from the one before', async () => {
    await world.keep({ key: 'a', id: 'Read_a' });
    const common = { id: 'Make_x', requires: ['a'] };
    const before = { 'param.region': '11', 'param.n': '22', 'env.STAGE': '33', version: '44' };
    const after = { 'param.region': '12', 'param.n': '22', 'input.t': '55', version: '45' };
    await world.keep(
      { ...common, key: 'one', params: { region: 'eu-west-1', n: 1 }, parts: before },
      { ...common, key: 'two', params: { region: 'us-east-1', n: 1 }, parts: after, files: { 'out.txt': 'out' } },
    );
    const explained = await world.operator().explain('Make_x');
    expect(explained!.results.map((each) => each.key)).toEqual([key('two'), key('one')]);
    expect(explained!.results[0]).toMatchObject({
      id: 'Make_x', family: 'Make', duration: 1500, hasFiles: true, valid: true, requires: ['Read_a'], requiredBy: [],
      body: { version: '1', params: { region: 'us-east-1' }, producer: { run: 'run of two' } },
    });
    expect(explained!.results[0]!.body).not.toHaveProperty('value');
    expect(explained!.changes).toEqual([
      { part: 'env.STAGE', before: '33' }, { part: 'input.t', after: '55' },
      { part: 'param.region', before: 'eu-west-1', after: 'us-east-1' }, { part: 'version', before: '44', after: '45' },
    ]);
    expect((await world.operator().explain('Read_a'))!.results[0]).toMatchObject({ requiredBy: ['Make_x'] });
    expect(await world.operator().explain('Read')).toBeUndefined();
  });

  test('says so where a body cannot be read', async () => {
    await world.keep({ key: 'a', id: 'Read_a' });
    await damage();
    const explained = await world.operator().explain('Read_a');
    expect(explained).toMatchObject({ results: [{ body: { error: { code: 'E_TASK_DAMAGED' } } }] });
    expect(explained).not.toHaveProperty('changes');
  });
});

describe('what is forgotten', () => {
  test('clear: everything, by one write', async () => {
    await chain();
    await world.push({ 'x.txt': 'four' });
    const replace = jest.spyOn(world.remote, 'replace');
    const [cleared] = await world.operator({ mode: 'local:r,remote:rw' }).clear();
    expect(cleared).toMatchObject({ tier: 'remote', scope: 'main', revision: 6, records: 4, folders: 1, bytes: expect.any(Number) });
    expect(replace).toHaveBeenCalledTimes(1);
    expect(await found()).toEqual([]);
    expect((await world.pull()).outcome).toBe('empty');
  });

  test('invalidate: what a pattern says, and no more', async () => {
    await chain();
    const [plan] = await world.operator().invalidate(['Make*'], { dryRun: true });
    expect(plan).toMatchObject({ tasks: ['Make_b'], folders: [], revision: 4 });
    expect(await found()).toEqual(['Read_a', 'Make_b', 'Use_c', 'Read_d']);
    expect((await world.operator().invalidate(['Make*']))[0]).toMatchObject({ tasks: ['Make_b'], revision: 5 });
    expect(await found()).toEqual(['Read_a', 'Use_c', 'Read_d']);
  });

  test('invalidate: and what was made from it', async () => {
    await chain();
    const [done] = await world.operator().invalidate(['Read_a'], { downstream: true });
    expect(done!.tasks).toEqual(['Make_b', 'Read_a', 'Use_c']);
    expect(await found()).toEqual(['Read_d']);
  });

  test('invalidate: a folder, or nothing', async () => {
    await world.push({ 'x.txt': 'four' });
    expect((await world.operator().invalidate(['none*']))[0]).toMatchObject({ tasks: [], folders: [], revision: 1 });
    expect((await world.operator().invalidate(['outp*']))[0]).toMatchObject({ tasks: [], folders: ['output'], revision: 2 });
    expect((await world.pull()).outcome).toBe('empty');
    await expect(world.operator().invalidate([])).rejects.toThrow('patterns must name what to invalidate: ids or families of tasks, or folders');
    await expect(world.operator().invalidate([''])).rejects.toThrow("got [ '' ]");
  });

  test('an epoch: the results of the one before', async () => {
    await world.keep({ key: 'a', id: 'Read_a', validity: { kind: 'epoch', name: 'stacks' } }, { key: 'b', id: 'Make_b' });
    expect((await world.operator().beginEpoch('stacks'))[0]).toMatchObject({ records: 1, revision: 3 });
    expect(await found()).toEqual(['Make_b']);
    await expect(world.operator().beginEpoch('')).rejects.toThrow("the epoch must have a name, got ''");
  });

  test('needs a place that is written to', async () => {
    for (const act of [() => world.operator({ mode: 'remote:r' }).clear(), () => world.operator({ mode: 'remote:r' }).gc()]) {
      await expect(act()).rejects.toThrow('the mode has nothing that is written to: give one such as local:rw,remote:rw');
    }
  });
});

/** Overwrites or removes objects. */
async function damage(which: (key: string) => boolean = () => true, how: 'overwrite' | 'remove' = 'overwrite'): Promise<string[]> {
  const damaged: string[] = [];
  for await (const { key: name } of world.remote.list('v1/main/default/objects/')) {
    if (!which(name)) continue;
    damaged.push(name.slice('v1/main/default/'.length));
    await world.remote.delete([name]);
    if (how === 'overwrite') await world.remote.create(name, Buffer.from('something else'));
  }
  return damaged;
}

describe('verify', () => {
  test('reads everything', async () => {
    const files = { 'small.txt': 's', 'large.bin': 'x'.repeat(300_000), empty: '' };
    await world.keep({ key: 'a', id: 'Read_a', files }, { key: 'b', id: 'Make_b' });
    await world.push({ 'x.txt': 'four' });
    let stored = 0;
    for await (const _ of world.remote.list('v1/main/default/objects/')) stored += 1;
    const told: number[][] = [];
    const [verified] = await world.operator().verify({ onProgress: (done, total) => told.push([done, total]) });
    expect(verified).toMatchObject({ tier: 'remote', objects: stored, damaged: [], removed: [] });
    expect(verified!.bytes).toBeGreaterThan(300_000);
    expect(told.at(-1)).toEqual([stored, stored]);
  });

  test.each(['overwrite', 'remove'] as const)('says what is damaged and who has it (%s), and takes that off', async (how) => {
    await world.keep({ key: 'a', id: 'Read_a' });
    await world.push({ 'x.txt': 'four' });
    const before = new Set<string>();
    for await (const { key: name } of world.remote.list('v1/')) before.add(name);
    await world.keep({ key: 'b', id: 'Make_b', files: { 'large.bin': 'x'.repeat(300_000) } });
    const damaged = await damage((name) => !before.has(name), how);
    const [verified] = await world.operator().verify();
    expect(verified!.damaged.length).toBeGreaterThan(0);
    for (const { object, tasks, folders, reason } of verified!.damaged) {
      expect(damaged).toContain(object);
      expect([tasks, folders, reason]).toEqual([['Make_b'], [], expect.stringMatching(/./)]);
    }
    expect(await found()).toEqual(['Read_a', 'Make_b']);
    expect((await world.operator().verify({ repair: true }))[0]).toMatchObject({ removed: ['Make_b'] });
    expect(await found()).toEqual(['Read_a']);
    expect((await world.operator().verify())[0]).toMatchObject({ damaged: [] });
  });

  test('a part of a file takes its folder off, the rest stays', async () => {
    await world.push({ 'other.txt': 'o' }, 'other');
    const others = new Set<string>();
    for await (const { key: name } of world.remote.list('v1/')) others.add(name);
    await world.push({ 'large.bin': 'x'.repeat(300_000) });
    const storage = world.storage();
    await storage.refresh();
    const { tree } = storage.places[0]!.manifest.current.folders.get('output')!;
    const [chunk] = await damage((name) => !others.has(name) && !name.endsWith(tree));
    const [verified] = await world.operator().verify({ repair: true });
    expect(verified).toMatchObject({ damaged: [{ object: chunk, tasks: [], folders: ['output'] }], removed: ['output'] });
    expect((await world.operator().verify())[0]).toMatchObject({ damaged: [], objects: 2 });
  });

  test('what is made again after a repair is not taken for stored because something damaged has its name', async () => {
    const large = { key: 'a', id: 'Make_a', files: { 'large.bin': 'x'.repeat(300_000) } };
    await world.keep(large);
    const storage = world.storage();
    await storage.refresh();
    const { tree } = storage.places[0]!.manifest.current.records.values().next().value!;
    const [chunk] = await damage((name) => !name.endsWith(tree!));
    expect((await world.operator().verify({ repair: true }))[0]!.damaged.map(({ object }) => object)).toContain(chunk);
    await world.keep(large); // by another process, which does not know of it
    expect(await found()).toEqual(['Make_a']);
    expect((await world.operator().verify())[0]).toMatchObject({ damaged: [] });
  });

  test('nothing is repaired where nothing is written', async () => {
    await world.keep({ key: 'a', id: 'Read_a' });
    await damage();
    const [verified] = await world.operator({ mode: 'remote:r' }).verify({ repair: true });
    expect([verified!.damaged.length, verified!.removed]).toEqual([1, []]);
  });

  test('a store that fails is no damage', async () => {
    await world.keep({ key: 'a', id: 'Read_a' });
    world.remote.get = () => Promise.reject(new Error('out of order'));
    await expect(world.operator().verify({ repair: true })).rejects.toThrow('out of order');
    expect(await found()).toEqual(['Read_a']);
  });
});

describe('gc', () => {
  test('drops what is too old, and deletes in two steps', async () => {
    await chain();
    const operator = world.operator();
    await operator.clear();
    const left = async () => {
      const names: string[] = [];
      for await (const { key: name } of world.remote.list('v1/main/default/objects/')) names.push(name);
      return names.length;
    };
    const all = await left();
    const [dry] = await operator.gc({ grace: 0, dryRun: true });
    expect(dry).toMatchObject({ tier: 'remote', dropped: 0, objects: all, condemned: all, deleted: 0 });
    expect((await operator.gc({ grace: 0 }))[0]).toMatchObject({ condemned: all, deleted: 0 });
    expect(await left()).toBe(all);
    await operator.gc({ grace: 0 });
    expect(await left()).toBe(0);
  });

  test('an age of nothing drops everything', async () => {
    await chain();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await world.operator().gc({ maxAge: 1, dryRun: true }))[0]).toMatchObject({ dropped: 4 });
    expect(await found()).toHaveLength(4);
    expect((await world.operator().gc({ maxAge: 1 }))[0]).toMatchObject({ dropped: 4, deleted: 0 });
    expect(await found()).toEqual([]);
  });
});

describe('switches', () => {
  let parameters: ParameterStoreServer;
  beforeAll(async () => { parameters = await startParameterStore(); });
  afterAll(() => parameters.close());

  test('are read, changed and written', async () => {
    const ssm = ssmClient(parameters.clientConfig);
    const name = '/operator/switches';
    await parameters.model.call('PutParameter', { Name: name, Type: 'String', Value: '{"tasks":{"A":true},"later":1}' });
    const operator = world.operator({}, { switches: { name, ssm } });
    const value = async () => JSON.parse((await parameters.model.call('GetParameter', { Name: name })).Parameter!.Value!) as unknown;

    expect((await operator.status()).switches).toEqual({ tasks: { A: true }, later: 1 });
    expect(await operator.enable()).toMatchObject({ changed: false });
    expect(await operator.disable('Delete*')).toMatchObject({ changed: true, after: { value: { tasks: { A: true, 'Delete*': false } } } });
    expect(await operator.disable('Delete*')).toMatchObject({ changed: false });
    await operator.disable();
    expect(await value()).toEqual({ tasks: { A: true, 'Delete*': false }, later: 1, enabled: false });
    await operator.enable();
    expect(await value()).toMatchObject({ enabled: true });
    await expect(operator.enable('')).rejects.toThrow("pattern must be a family's name, or one with *, got ''");
    ssm.destroy();
  });

  test('that cannot be read are told, and not written', async () => {
    const ssm = ssmClient(parameters.clientConfig);
    const operator = world.operator({}, { switches: { name: '/operator/none', ssm } });
    expect((await operator.status()).switches).toMatchObject({ error: { name: 'ParameterNotFound' } });
    await expect(operator.enable()).rejects.toThrow('ParameterNotFound');
    await expect(world.operator().disable('A')).rejects.toThrow('no SSM parameter with switches is named');
    ssm.destroy();
  });
});
