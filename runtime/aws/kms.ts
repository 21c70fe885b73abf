import { jsonClient, type JsonClient } from './json-client.js';
import type { AwsClientOptions } from './service-client.js';

/** AWS KMS, as far as the clients use it, in the shapes of its own protocol: binary is base64. */
export type KmsClient = JsonClient<'Decrypt'>;

const MAX_RESPONSE = 1 << 20;

/** A client for AWS KMS that needs no SDK. */
export function kmsClient(options: AwsClientOptions = {}): KmsClient {
  return jsonClient({ service: 'kms', target: 'TrentService', protocol: '1.1', maxResponseBytes: MAX_RESPONSE }, options);
}
