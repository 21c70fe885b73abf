import * as sdk from '@aws-crypto/client-node';
import { KMS } from '@aws-sdk/client-kms';
import { kmsClient } from '../../../../runtime/aws/kms';
import { Decryption, parameterArn, type ValueDecryptor } from '../../../../runtime/config/restore/decryption';
import { isEncryptionSdkMessage } from '../../../../runtime/config/restore/encryption-sdk';
import { KmsModel, startKms, type KmsServer } from '../../../support/kms-server';

const FOOTPRINT = { name: 'main', account: '123456789012', region: 'eu-west-3', partition: 'aws', namespaces: ['/app'], cacheTable: 'cache' };
const NAME = '/app/secret';
const CONTEXT = { PARAMETER_ARN: 'arn:aws:ssm:eu-west-3:123456789012:parameter/app/secret' };

let server: KmsServer;
let model: KmsModel;
let key: string;

beforeEach(async () => {
  model = new KmsModel('123456789012', 'eu-west-3');
  key = model.createKey();
  server = await startKms({ model });
});
afterEach(() => server.close());

const decryption = (decrypt?: ValueDecryptor, footprint = FOOTPRINT) =>
  new Decryption({ kms: kmsClient(server.clientConfig), footprint, load: async () => sdk, ...(decrypt && { decrypt }) });

const standard = (value: string, context: Readonly<Record<string, string>> = CONTEXT) =>
  model.encrypt(key, Buffer.from(value), context).toString('base64');

/** As Parameter Store makes them in the advanced tier. */
async function advanced(value: string, context: Record<string, string> = CONTEXT, policy = sdk.CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT) {
  const client = new KMS(server.clientConfig);
  const keyring = new sdk.KmsKeyringNode({ generatorKeyId: key, clientProvider: () => client as never });
  const { result } = await sdk.buildEncrypt(policy).encrypt(keyring, value, { encryptionContext: context });
  client.destroy();
  return result.toString('base64');
}

test('a value of the tier Standard is decrypted with the parameter\'s ARN for a context, in any Region', async () => {
  expect(await decryption().plaintext(NAME, standard('sécret'), key)).toBe('sécret');
  expect(model.decryptions).toEqual([{ keyId: key, context: CONTEXT }]);
});

test.each([
  ['a path', '/app/a', 'arn:aws-cn:ssm:cn-north-1:123456789012:parameter/app/a'],
  ['a name without slashes', 'a', 'arn:aws-cn:ssm:cn-north-1:123456789012:parameter/a'],
])('the ARN of %s is of the footprint\'s partition, Region and account', (_what, name, arn) => {
  expect(parameterArn({ ...FOOTPRINT, partition: 'aws-cn', region: 'cn-north-1' }, name)).toBe(arn);
});

test.each([sdk.CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT, sdk.CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT])(
  'a value of the tier Advanced is a message of the Encryption SDK (%s)', async (policy) => {
    const message = await advanced('long '.repeat(1_000), CONTEXT, policy);
    expect(isEncryptionSdkMessage(Buffer.from(message, 'base64'))).toBe(true);
    expect(await decryption().plaintext(NAME, message, key)).toBe('long '.repeat(1_000));
    expect(model.decryptions).toMatchObject([{ keyId: key, context: CONTEXT }]);
  });

test('a ciphertext of AWS KMS itself is no message', () => {
  expect(isEncryptionSdkMessage(Buffer.from(standard('x'), 'base64'))).toBe(false);
  expect(isEncryptionSdkMessage(Buffer.from('AQICAHh', 'base64'))).toBe(false);
});

test('a ciphertext of another parameter is refused', async () => {
  const other = { PARAMETER_ARN: `${CONTEXT.PARAMETER_ARN}-other` };
  await expect(decryption().plaintext(NAME, standard('x', other), key)).rejects.toMatchObject({ name: 'InvalidCiphertextException' });
  await expect(decryption().plaintext(NAME, await advanced('x', other), key)).rejects.toMatchObject({
    code: 'E_CONFIG_RESTORE_DECRYPT', message: expect.stringContaining('of another parameter') as string,
  });
});

test.each<[string, 'Gone' | 'Disabled' | 'PendingDeletion', string]>([
  ['gone', 'Gone', 'NotFoundException'],
  ['disabled', 'Disabled', 'DisabledException'],
  ['about to be deleted', 'PendingDeletion', 'KMSInvalidStateException'],
])('a key that is %s is said to be so', async (_what, state, name) => {
  const [plain, message] = [standard('x'), await advanced('x')];
  model.keys.get(key)!.state = state;
  await expect(decryption().plaintext(NAME, plain, key)).rejects.toMatchObject({ name });
  await expect(decryption().plaintext(NAME, message, key)).rejects.toMatchObject({ name });
});

test('a key that may not be used is said to be so', async () => {
  const [plain, message] = [standard('x'), await advanced('x')];
  model.keys.get(key)!.denied = true;
  await expect(decryption().plaintext(NAME, plain, key)).rejects.toMatchObject({ failure: 'denied' });
  await expect(decryption().plaintext(NAME, message, key)).rejects.toMatchObject({ failure: 'denied' });
});

test('a message that names a key of another account is not sent to it, unless the parameter has that key', async () => {
  model = new KmsModel('210987654321', 'eu-west-3');
  key = model.createKey();
  await server.close();
  server = await startKms({ model });
  const message = await advanced('shared');
  await expect(decryption().plaintext(NAME, message, 'alias/aws/ssm')).rejects.toMatchObject({ code: 'E_CONFIG_RESTORE_DECRYPT' });
  expect(model.decryptions).toEqual([]);
  expect(await decryption().plaintext(NAME, message, key)).toBe('shared');
});

test('damaged ciphertexts fail, and no message repeats them', async () => {
  const message = Buffer.from(await advanced('x'), 'base64');
  for (const damaged of [message.subarray(0, 60), Buffer.concat([message.subarray(0, -5), Buffer.alloc(5)]), Buffer.alloc(0), Buffer.from('plain')]) {
    const failure = await decryption().plaintext(NAME, damaged.toString('base64'), key).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
  }
});

test('a decryptor of one\'s own takes the place of AWS KMS', async () => {
  const decrypt = jest.fn<ReturnType<ValueDecryptor>, Parameters<ValueDecryptor>>(async () => 'own');
  expect(await decryption(decrypt).plaintext(NAME, 'AQI=', key)).toBe('own');
  expect(decrypt).toHaveBeenCalledWith({ name: NAME, ciphertext: Buffer.from('AQI=', 'base64'), keyId: key, context: CONTEXT });
  expect(model.decryptions).toEqual([]);
});
