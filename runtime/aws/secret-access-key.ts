import type { CredentialSource } from './credential-sources.js';
import { AwsError } from './errors.js';
import type { SecretsManagerClient, SecretValue } from './secrets-manager.js';

/** Milliseconds. */
const DEADLINE = 3_000;

/**
 * The access key of a service that is not AWS's, from a secret: `{"accessKeyId": …, "secretAccessKey": …}`. It is read when it is needed first,
 * and again when the service refuses it.
 *
 * @param secretId ARN or name
 */
export function secretAccessKey(client: Pick<SecretsManagerClient, 'call'>, secretId: string): CredentialSource {
  return async () => {
    const { SecretString } = await client.call<SecretValue>('GetSecretValue', { SecretId: secretId }, AbortSignal.timeout(DEADLINE));
    const { accessKeyId, secretAccessKey: secret } = membersOf(SecretString);
    if (typeof accessKeyId === 'string' && typeof secret === 'string' && accessKeyId !== '' && secret !== '') {
      return { accessKeyId, secretAccessKey: secret };
    }
    throw new AwsError(`the secret ${secretId} must be a JSON object with the texts "accessKeyId" and "secretAccessKey"`, {
      failure: 'denied', retryable: false,
    });
  };
}

function membersOf(text = ''): Record<string, unknown> {
  try {
    return { ...JSON.parse(text) as object };
  } catch { // what JSON.parse says repeats a piece of the text
    return {};
  }
}
