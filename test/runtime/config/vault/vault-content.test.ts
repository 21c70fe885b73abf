import { randomBytes } from 'node:crypto';
import { decodeCredentials, encodeCredentials } from '../../../../runtime/config/vault/kept-credentials';
import {
  decodeVault, encodeVault, entryOf, isKeyOf, newContent, openEntry, readEntry, sealEntry, type VaultContent,
} from '../../../../runtime/config/vault/vault-content';
import { damaged, randomNumbers } from '../../home/fuzz';

const key = randomBytes(32);
const parameters = { kind: 'passphrase', kdf: 'scrypt', N: 16, r: 1, p: 1, salt: 'c2FsdA==' };
const empty = newContent('0123456789abcdef', key, parameters);
const secrets: Record<string, string> = { a: 'secret of a', b: 'secret of b' };
const content: VaultContent = {
  ...empty,
  entries: Object.entries(secrets).map(([name, secret]) => sealEntry(empty, key, { name, version: 1, expires: 5 }, Buffer.from(secret))),
};

test('a vault is read as it was written', () => {
  expect(decodeVault(Buffer.from(encodeVault(content)))).toEqual(content);
  expect(decodeVault(Buffer.from(encodeVault('cleared')))).toBe('cleared');
  expect(isKeyOf(content, key)).toBe(true);
  expect(isKeyOf(content, randomBytes(32))).toBe(false);
});

test.each([8.64e15 + 1, -8.64e15 - 1, 1e300, '5', null])('an entry that expires at %p is none', (expires) => {
  expect(readEntry({ ...content.entries[0] as object, expires })).toBeUndefined();
});

test('100,000 damaged vaults: an error or what is still whole, never another secret under a name', () => {
  const random = randomNumbers(2);
  const whole = Buffer.from(encodeVault(content));
  const seen = { damaged: 0, opened: 0, absent: 0 };
  for (let i = 0; i < 100_000; i++) {
    const found = decodeVault(damaged(whole, random));
    if (typeof found === 'string') { seen.damaged++; continue; }
    if (!isKeyOf(found, key)) { seen.absent++; continue; }
    for (const entry of found.entries.map(readEntry)) {
      const secret = entry && openEntry(found, key, entry)?.toString();
      seen[secret === undefined ? 'absent' : 'opened']++;
      if (secret === undefined) continue;
      if (secret !== secrets[entry!.name] || entry!.version !== 1 || entry!.expires !== 5) throw new Error(`${entry!.name}: ${secret}`);
    }
  }
  expect(Math.min(seen.damaged, seen.opened, seen.absent)).toBeGreaterThan(100);
});

test('100,000 damaged sealed texts open as nothing or as what they were', () => {
  const random = randomNumbers(3);
  const entry = entryOf(content, 'a')!;
  const sealed = Buffer.from(entry.sealed);
  for (let i = 0; i < 100_000; i++) {
    const secret = openEntry(content, key, { ...entry, sealed: damaged(sealed, random).toString('latin1') })?.toString();
    if (secret !== undefined && secret !== secrets.a) throw new Error(secret); // base64 has more than one way to write the same
  }
});

test('damaged credentials are none, or credentials', () => {
  const random = randomNumbers(4);
  const credentials = { accessKeyId: 'A', secretAccessKey: 'B', sessionToken: 'C', expiration: new Date(9) };
  const whole = encodeCredentials({ credentials, obtained: 1, expires: 9 });
  expect(decodeCredentials(whole)).toEqual({ credentials, obtained: 1, expires: 9 });
  for (let i = 0; i < 20_000; i++) {
    const found = decodeCredentials(damaged(whole, random));
    if (found === undefined) continue;
    if (!found.credentials.accessKeyId || !found.credentials.secretAccessKey || !Number.isFinite(found.expires)) throw new Error('these are none');
  }
});
