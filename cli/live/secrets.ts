import type { AwsCredentials } from '../../runtime/aws/credentials.js';
import { regionOfArn } from '../../runtime/aws/endpoint.js';
import { secretsManagerClient, type SecretsManagerClient, type SecretValue } from '../../runtime/aws/secrets-manager.js';
import type { AwsClientOptions } from '../../runtime/aws/service-client.js';
import { UsageError } from '../context.js';

/** Secrets, each asked for in its own Region. */
export class Secrets {
  private readonly clients = new Map<string | undefined, SecretsManagerClient>();

  constructor(private readonly aws: AwsClientOptions) {}

  /** @param id ARN or name */
  clientOf(id: string): SecretsManagerClient {
    const region = regionOfArn(id) ?? this.aws.region;
    const client = this.clients.get(region) ?? secretsManagerClient({ ...this.aws, region });
    this.clients.set(region, client);
    return client;
  }

  /** Members of a secret that is JSON; of one that is not, its text as `password`. @throws AwsError */
  async membersOf(id: string, signal: AbortSignal): Promise<Readonly<Record<string, string | undefined>>> {
    const { SecretString: text } = await this.clientOf(id).call<SecretValue>('GetSecretValue', { SecretId: id }, signal);
    if (text === undefined) throw new UsageError(`the secret ${id} is binary: it must be text`);
    try {
      const found: unknown = JSON.parse(text);
      if (typeof found === 'object' && found !== null) return found as Record<string, string>;
    } catch { /* what JSON.parse says repeats a piece of the text */ }
    return { password: text };
  }

  /** The access key of an S3-compatible service. */
  async accessKey(id: string, signal: AbortSignal): Promise<AwsCredentials> {
    const { accessKeyId, secretAccessKey } = await this.membersOf(id, signal);
    if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey };
    throw new UsageError(`the secret ${id} must be JSON with accessKeyId and secretAccessKey`);
  }

  close(): void {
    for (const client of this.clients.values()) client.destroy();
  }
}
