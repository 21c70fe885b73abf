import { jsonClient, type JsonClient } from './json-client.js';
import type { AwsClientOptions } from './service-client.js';

export type SecretsManagerOperation = 'GetSecretValue' | 'PutSecretValue' | 'DescribeSecret' | 'UpdateSecretVersionStage' | 'RotateSecret';

/** AWS Secrets Manager, as far as clients and handlers use it, in the shapes of its own protocol: times are seconds, binary is base64. */
export type SecretsManagerClient = JsonClient<SecretsManagerOperation>;

/** Answer of `GetSecretValue`. */
export interface SecretValue {
  readonly ARN: string;
  readonly VersionId: string;
  readonly VersionStages?: readonly string[];
  /** Unset if the secret is binary. */
  readonly SecretString?: string;
}

/** Answer of `DescribeSecret`, as far as it is used. */
export interface SecretDescription {
  readonly ARN: string;
  /** Staging labels by version. Versions without one are not listed. */
  readonly VersionIdsToStages?: Readonly<Record<string, readonly string[]>>;
  /** Unix epoch seconds. Moving a label counts as a change. */
  readonly LastChangedDate?: number;
}

/** A secret has 65,536 bytes at most, and a description some tags and versions. */
const MAX_RESPONSE = 1 << 20;

/** A client for AWS Secrets Manager that needs no SDK. */
export function secretsManagerClient(options: AwsClientOptions = {}): SecretsManagerClient {
  return jsonClient({ service: 'secretsmanager', target: 'secretsmanager', protocol: '1.1', maxResponseBytes: MAX_RESPONSE }, options);
}
