import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { isAvailable } from '../../../../runtime/data/codec';
import { openContentStore } from '../../../../runtime/tasks/content/open-content-store';
import { seal, sealSync, unseal, unsealSync, type Sealed } from '../../../../runtime/tasks/content/sealed';
import { DamagedError, NewerFormatError } from '../../../../runtime/tasks/errors';
import { contentOf, WatchedObjects } from './watched-objects';

const MAX = 1024 * 1024;
const RAW = Buffer.from('some text, some text, some text, some text '.repeat(20));
const joined = (sealed: Sealed) => Buffer.concat(sealed);

/** Both ways of reading, which must agree. */
async function outcomeOf(bytes: Uint8Array, max = MAX): Promise<string | DamagedError> {
  const now = await Promise.resolve().then(() => unsealSync('pack', bytes, max)).catch((error: unknown) => error);
  const later = await unseal('pack', bytes, max).catch((error: unknown) => error);
  expect(String(later)).toBe(String(now));
  if (now instanceof Uint8Array) return Buffer.from(now).toString('latin1');
  expect(now).toBeInstanceOf(DamagedError);
  return now as DamagedError;
}

function head(version: number, codec: number, length: number, body: Uint8Array, rest = 0): Buffer {
  const bytes = Buffer.concat([Buffer.from('CTTP'), Buffer.from([version, codec, 0, rest, 0, 0, 0, 0]), body]);
  bytes.writeUInt32BE(length, 8);
  return bytes;
}

test.each(['gzip', 'none'] as const)('what is sealed comes back (%s)', async (compression) => {
  expect(await outcomeOf(joined(await seal('pack', RAW, compression)))).toBe(RAW.toString('latin1'));
  expect(await outcomeOf(joined(sealSync('pack', RAW, compression)))).toBe(RAW.toString('latin1'));
});

test('what does not become smaller is not compressed, and not copied', async () => {
  const noise = randomBytes(1000);
  const [start, body] = await seal('pack', noise, 'gzip');
  expect([start[5], body]).toEqual([0, noise]);
  expect(body).toBe(noise);
  expect((await seal('pack', RAW, 'gzip'))[1].byteLength).toBeLessThan(RAW.length / 2);
});

test('zstd works where Node has it, and elsewhere says so', async () => {
  const objects = new WatchedObjects();
  const open = () => openContentStore(objects, { compression: 'zstd' });
  const body = head(1, 2, 10, randomBytes(10));
  if (isAvailable('zstd')) {
    const store = open();
    const location = store.add(contentOf(RAW));
    await store.flush();
    expect(Buffer.compare(await openContentStore(objects).read(location), RAW)).toBe(0);
    expect(await outcomeOf(joined(sealSync('pack', RAW, 'zstd')))).toBe(RAW.toString('latin1'));
    expect(String(await outcomeOf(body))).toMatch('the pack cannot be unpacked');
    const bomb = sealSync('pack', Buffer.alloc(MAX), 'zstd')[1];
    expect(String(await outcomeOf(head(1, 2, 1000, bomb)))).toMatch('cannot be unpacked');
  } else {
    expect(open).toThrow('compression cannot be \'zstd\': this Node has none; it comes with Node 22.15 and 24. Use \'gzip\'');
    expect(await outcomeOf(body)).toBeInstanceOf(NewerFormatError);
    expect(String(await outcomeOf(body))).toMatch('the pack is compressed with zstd, which this Node has not; it comes with Node 22.15 and 24');
  }
});

test('a newer format is told from a damaged one', async () => {
  const newer = await outcomeOf(head(2, 0, 3, Buffer.from('abc')));
  expect(newer).toBeInstanceOf(NewerFormatError);
  expect(String(newer)).toMatch('the pack has format 2; this version of cdk-cache-tiers knows those up to 1');
  expect(String(await outcomeOf(head(0, 0, 3, Buffer.from('abc'))))).toMatch('the pack has a damaged head');
  expect(String(await outcomeOf(head(1, 3, 3, Buffer.from('abc'))))).toMatch('the pack has a damaged head');
  expect(String(await outcomeOf(head(1, 0, 3, Buffer.from('abc'), 1)))).toMatch('the pack has a damaged head');
  expect(await outcomeOf(head(1, 0, 3, Buffer.from('abc')))).toBe('abc');
});

test('lengths that are wrong are damaged', async () => {
  for (const [length, body, message] of [
    [0, '', 'claims to have 0 bytes'], [MAX + 1, 'abc', `claims to have ${MAX + 1} bytes, of at least 1 and at most ${MAX}`],
    [2, 'abc', 'has 3 bytes, and claims to have 2'], [4, 'abc', 'has 3 bytes, and claims to have 4'],
  ] as const) expect(String(await outcomeOf(head(1, 0, length, Buffer.from(body))))).toMatch(message);
  const packed = gzipSync(RAW);
  expect(String(await outcomeOf(head(1, 1, RAW.length + 1, packed)))).toMatch(`has ${RAW.length} bytes, and claims to have ${RAW.length + 1}`);
  expect(String(await outcomeOf(head(1, 1, RAW.length - 1, packed)))).toMatch('cannot be unpacked');
});

test('a bomb goes off within the declared length', async () => {
  const bomb = gzipSync(Buffer.alloc(64 * MAX));
  const before = process.memoryUsage().arrayBuffers;
  expect(String(await outcomeOf(head(1, 1, 1000, bomb)))).toMatch('cannot be unpacked');
  const two = Buffer.concat([gzipSync(RAW), bomb]);
  expect(String(await outcomeOf(head(1, 1, RAW.length, two)))).toMatch('cannot be unpacked');
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * MAX);
});
