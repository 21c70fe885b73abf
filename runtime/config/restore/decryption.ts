import type { KmsClient } from '../../aws/kms.js';
import { CacheTiersError } from '../../errors.js';
import type { ConfigFootprint } from '../footprint.js';
import { decryptMessage, isEncryptionSdkMessage } from './encryption-sdk.js';

/** A value of a SecureString as Parameter Store stores it. */
export interface EncryptedValue {
  readonly name: string;
  readonly ciphertext: Uint8Array;
  /** Id, alias or ARN of the key, as Parameter Store names it. */
  readonly keyId?: string;
  /** What it was encrypted with beside the key. */
  readonly context: Readonly<Record<string, string>>;
}

/** Takes the place of AWS KMS. @returns the value */
export type ValueDecryptor = (value: EncryptedValue) => Promise<string>;

export interface DecryptionOptions {
  readonly kms: KmsClient;
  readonly footprint: ConfigFootprint;
  /** @default - AWS KMS, and the AWS Encryption SDK for values of the advanced tier */
  readonly decrypt?: ValueDecryptor;
  /** Loads the AWS Encryption SDK. @default - an import of `@aws-crypto/client-node` */
  readonly load?: () => Promise<unknown>;
}

/** Decrypts what the audit log has kept of SecureStrings. */
export class Decryption {
  constructor(private readonly options: DecryptionOptions) {}

  /**
   * @param stored as it is in the log, base64
   * @throws AwsError of AWS KMS; CacheTiersError `E_CONFIG_RESTORE_DECRYPT`, `E_CONFIG_RESTORE_SDK`
   */
  async plaintext(name: string, stored: string, keyId: string | undefined): Promise<string> {
    const ciphertext = Buffer.from(stored, 'base64');
    const context = { PARAMETER_ARN: parameterArn(this.options.footprint, name) };
    if (this.options.decrypt) return this.options.decrypt({ name, ciphertext, context, ...(keyId !== undefined && { keyId }) });
    const { kms, load, footprint: { partition, region, account } } = this.options;
    if (ciphertext.length === 0) throw new CacheTiersError('E_CONFIG_RESTORE_DECRYPT', 'the record of this SecureString has no ciphertext');
    if (isEncryptionSdkMessage(ciphertext)) {
      const accounts = [...new Set([account, ...accountOf(keyId)])];
      return (await decryptMessage(ciphertext, { kms, partition, region, accounts, context, ...(load && { load }) })).toString('utf8');
    }
    const { Plaintext } = await kms.call<{ readonly Plaintext: string }>('Decrypt', { CiphertextBlob: stored, EncryptionContext: context });
    return Buffer.from(Plaintext, 'base64').toString('utf8');
  }
}

/** ARN of a parameter, by which Parameter Store binds a ciphertext to it. */
export function parameterArn({ partition, region, account }: ConfigFootprint, name: string): string {
  return `arn:${partition}:ssm:${region}:${account}:parameter${name.startsWith('/') ? '' : '/'}${name}`;
}

function accountOf(keyId: string | undefined): string[] {
  const account = /^arn:[^:]+:kms:[^:]+:(\d{12}):/.exec(keyId ?? '')?.[1];
  return account === undefined ? [] : [account];
}
