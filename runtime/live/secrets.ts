import type { CredentialSource } from '../aws/credential-sources.js';
import { regionOfArn } from '../aws/endpoint.js';
import { AwsError } from '../aws/errors.js';
import { secretsManagerClient, type SecretsManagerClient, type SecretValue } from '../aws/secrets-manager.js';
import type { AwsClientOptions } from '../aws/service-client.js';
import type { RedisCredentials } from './index/redis-credentials.js';

/** Longest that one read may take, in milliseconds. */
const DEADLINE = 3_000;

export interface SecretsOptions extends AwsClientOptions {
  /** Ends a read; asked for with each one. @default - after 3 seconds */
  readonly signal?: () => AbortSignal;
}

/**
 * Secrets of Secrets Manager, each read in its own Region: every call reads anew. Messages name a secret and never show what is in it.
 *
 * A secret is named by its ARN, or by its name if it is in the Region of the options.
 */
export class Secrets {
  private readonly clients = new Map<string | undefined, SecretsManagerClient>();

  constructor(private readonly options: SecretsOptions = {}) {}

  clientOf(id: string): SecretsManagerClient {
    const region = regionOfArn(id) ?? this.options.region;
    const client = this.clients.get(region) ?? secretsManagerClient({ ...this.options, region });
    this.clients.set(region, client);
    return client;
  }

  /** What an index is opened with: JSON with `password` and perhaps `username`, or the password alone. */
  indexPassword(id: string): () => Promise<RedisCredentials> {
    return async () => {
      const text = await this.textOf(id);
      const members = membersOf(text);
      if (members === undefined) return { password: text };
      const { username, password } = members;
      if (isText(password)) return isText(username) ? { username, password } : { password };
      throw unfit(id, 'must be the password of the index, or JSON with the member "password" and perhaps "username"');
    };
  }

  /** The access key of a service that is not AWS's: JSON with `accessKeyId` and `secretAccessKey`. */
  accessKey(id: string): CredentialSource {
    return async () => {
      const { accessKeyId, secretAccessKey } = membersOf(await this.textOf(id)) ?? {};
      if (isText(accessKeyId) && isText(secretAccessKey)) return { accessKeyId, secretAccessKey };
      throw unfit(id, 'must be JSON with the members "accessKeyId" and "secretAccessKey"');
    };
  }

  close(): void {
    for (const client of this.clients.values()) client.destroy();
  }

  private async textOf(id: string): Promise<string> {
    const signal = this.options.signal?.() ?? AbortSignal.timeout(DEADLINE);
    const { SecretString: text } = await this.clientOf(id).call<SecretValue>('GetSecretValue', { SecretId: id }, signal);
    if (isText(text)) return text;
    throw unfit(id, 'is binary or empty: it must be text');
  }
}

/** @returns `undefined` if the text is no JSON object */
function membersOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value as Record<string, unknown> : undefined;
  } catch { // what JSON.parse says repeats a piece of the text
    return undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function unfit(id: string, why: string): AwsError {
  return new AwsError(`the secret ${id} ${why}`, { failure: 'denied', retryable: false });
}
