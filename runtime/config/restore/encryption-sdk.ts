import type { KmsClient } from '../../aws/kms.js';
import { CacheTiersError } from '../../errors.js';
import { needsPackage } from '../../optional-package.js';

/** AWS's own reader of such messages. Not in what is exported: types of a package that need not be installed are none for its users. */
type EncryptionSdk = typeof import('@aws-crypto/client-node');

/** Identifiers of the algorithms of messages of the format's second version. */
const SECOND_FORMAT_ALGORITHMS = [0x0478, 0x0578];

/** Whether a ciphertext is a message of the AWS Encryption SDK, as Parameter Store makes them in its advanced tier. */
export function isEncryptionSdkMessage(ciphertext: Uint8Array): boolean {
  if (ciphertext[0] === 1) return ciphertext[1] === 0x80;
  return ciphertext[0] === 2 && SECOND_FORMAT_ALGORITHMS.includes((ciphertext[1]! << 8) | ciphertext[2]!);
}

export interface MessageOptions {
  readonly kms: KmsClient;
  /** Accounts whose keys may have encrypted it. */
  readonly accounts: readonly string[];
  readonly partition: string;
  readonly region: string;
  /** What must be in the message's encryption context. */
  readonly context: Readonly<Record<string, string>>;
  /** Loads the package. @default - an import of `@aws-crypto/client-node` */
  readonly load?: () => Promise<unknown>;
}

/**
 * Decrypts a message of the AWS Encryption SDK with the key that it names itself.
 *
 * @throws AwsError of AWS KMS; CacheTiersError `E_CONFIG_RESTORE_DECRYPT`
 */
export async function decryptMessage(ciphertext: Uint8Array, options: MessageOptions): Promise<Buffer> {
  const { context, accounts, partition, load = loadSdk } = options;
  const sdk = await load() as EncryptionSdk;
  let refusal: unknown;
  const kms = decryptOnly(options, (error) => { refusal = error; });
  const keyring = new sdk.KmsKeyringNode({
    discovery: true,
    discoveryFilter: { accountIDs: [...accounts], partition },
    clientProvider: (region: string) => region === options.region && kms,
  });
  const { decrypt } = sdk.buildDecrypt(sdk.CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT);
  const { plaintext, messageHeader } = await decrypt(keyring, Buffer.from(ciphertext)).catch((cause: unknown) => {
    throw refusal ?? undecryptable('no key of this account and Region fits it', cause);
  });
  const wrong = Object.entries(context).find(([name, value]) => messageHeader.encryptionContext[name] !== value);
  if (wrong !== undefined) throw undecryptable(`it is of another parameter: its ${wrong[0]} is not ${wrong[1]}`);
  return plaintext;
}

function undecryptable(reason: string, cause?: unknown): CacheTiersError {
  return new CacheTiersError('E_CONFIG_RESTORE_DECRYPT', `the ciphertext cannot be decrypted: ${reason}`, { cause });
}

/** What the package asks of a client of AWS KMS. It keeps no error of it, so the last one is told beside. */
function decryptOnly({ kms }: MessageOptions, refused: (error: unknown) => void): never {
  const decrypt = async (input: { readonly CiphertextBlob: Uint8Array }) => {
    try {
      const answer = await kms.call<{ readonly Plaintext: string; readonly KeyId: string }>('Decrypt', {
        ...input, CiphertextBlob: Buffer.from(input.CiphertextBlob).toString('base64'),
      });
      return { KeyId: answer.KeyId, Plaintext: Uint8Array.from(Buffer.from(answer.Plaintext, 'base64')) };
    } catch (error) {
      refused(error);
      throw error;
    }
  };
  const never = () => Promise.reject(new Error('nothing is encrypted here'));
  return { decrypt, encrypt: never, generateDataKey: never } as never;
}

async function loadSdk(): Promise<EncryptionSdk> {
  try {
    const loaded = await import('@aws-crypto/client-node') as Partial<EncryptionSdk> & { readonly default?: EncryptionSdk };
    // Where it is loaded as an ES module, all of a CommonJS module is its default at least.
    return loaded.buildDecrypt === undefined ? loaded.default! : loaded as EncryptionSdk;
  } catch (cause) {
    const why = needsPackage('@aws-crypto/client-node', cause);
    throw new CacheTiersError('E_CONFIG_RESTORE_SDK', `a SecureString of the advanced tier ${why}`, { cause });
  }
}
