import { createSecretKey } from 'node:crypto';
import { derive, KeySchedule } from '../../../../runtime/live/keys/derivation';
import type { MasterKeys } from '../../../../runtime/live/keys/master-keys';

const KEY = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!#';
const ATTEMPT = 'AbCdEfGhIjKlMnOpQrStU';
const INDEX = '1eF_JfwPGpu80FyViEC6GlPfQCmuL7jWRMaKl9srMa8';

const masterKeys = (more: Partial<MasterKeys> = {}): MasterKeys => ({ current: '1', keys: new Map([['1', KEY]]), retired: new Map(), ...more });
const schedule = (more: Partial<MasterKeys> = {}, namespace = 'shop') => new KeySchedule(masterKeys(more), namespace);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('HKDF of RFC 5869, test cases 1 and 3, to the first 32 bytes', () => {
  const input = createSecretKey(Buffer.alloc(22, 0x0b));
  expect(hex(derive(input, Buffer.from('000102030405060708090a0b0c', 'hex'), Buffer.from('f0f1f2f3f4f5f6f7f8f9', 'hex'))))
    .toBe('3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf');
  expect(hex(derive(input, '', ''))).toBe('8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d');
});

// What follows was computed by another implementation: Go's crypto/hkdf, crypto/hmac and crypto/cipher.
describe('the same as another implementation', () => {
  test('segments\' key', () => {
    expect(hex(schedule().keysOf('1', ATTEMPT)!.object)).toBe('ca7c675cedf38df90b6c11da31c0a98637da8a15f9ee0b6aafe469c0676ba821');
  });

  test('index keys, made from the first key, and by the index key that the secret has then', () => {
    const mac = 'Q1DS2ycDZopEsl8EyLq55hG12Jco6nPJ5fLHIzRlU9g';
    expect(schedule().mac('scope: naïve')).toBe(mac);
    expect(schedule({ current: '7', keys: new Map([['7', KEY.replace('0', '1')]]), index: INDEX }).mac('scope: naïve')).toBe(mac);
  });

  test('a small result', () => {
    const sealed = 'AAECAwQFBgcICQoL1wV58CN3lszq9DQv1v1QJ0NoPQGjPeppDy9lmvZNNMV8nY8=';
    expect(Buffer.from(schedule().keysOf('1', ATTEMPT)!.open(sealed)).toString()).toBe('ARROW1 small result');
  });
});

describe('a small result', () => {
  const seal = (plain: Uint8Array) => schedule().keysOf('1', ATTEMPT)!.seal(plain);

  test.each([0, 1, 15, 16, 17, 65_536])('of %i bytes comes back', (length) => {
    const plain = Buffer.alloc(length, 'ab');
    const sealed = seal(plain);
    expect(Buffer.from(schedule().keysOf('1', ATTEMPT)!.open(sealed))).toEqual(plain);
    expect(Buffer.from(sealed, 'base64')).toHaveLength(12 + length + 16);
  });

  test('is never sealed the same way twice', () => {
    expect(seal(Buffer.from('x'))).not.toBe(seal(Buffer.from('x')));
  });

  test('opens with nothing but its own attempt\'s key', () => {
    const sealed = seal(Buffer.from('secret'));
    const others = [
      schedule().keysOf('1', 'another-attempt-id-000'), schedule({}, 'other').keysOf('1', ATTEMPT),
      schedule({ keys: new Map([['1', KEY.replace('0', '1')]]) }).keysOf('1', ATTEMPT),
    ];
    for (const keys of others) expect(() => keys!.open(sealed)).toThrow('was not sealed with this attempt\'s key, or has been changed');
  });

  test('with any bit changed, cut or lengthened is refused', () => {
    const sealed = Buffer.from(seal(Buffer.from('secret')), 'base64');
    const keys = schedule().keysOf('1', ATTEMPT)!;
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => keys.open(changed.toString('base64'))).toThrow('has been changed');
    }
    for (let length = 0; length < sealed.length; length++) {
      expect(() => keys.open(sealed.subarray(0, length).toString('base64'))).toThrow('has been changed');
    }
    expect(() => keys.open(Buffer.concat([sealed, Buffer.alloc(1)]).toString('base64'))).toThrow('has been changed');
  });
});

test('keys of attempts, versions, namespaces and uses are all different', () => {
  const keys = new Map([['1', KEY], ['2', KEY.replace('0', '1')]]);
  const found = new Set<string>();
  for (const namespace of ['a', 'b']) {
    for (const version of ['1', '2']) {
      for (const attempt of ['attempt-1', 'attempt-2']) found.add(hex(schedule({ keys }, namespace).keysOf(version, attempt)!.object));
    }
  }
  expect(found.size).toBe(8);
});

test('there are no keys of a version that is not there', () => {
  expect(schedule().keysOf('2', ATTEMPT)).toBeUndefined();
});
