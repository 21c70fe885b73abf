import { jsonClient, type JsonClient } from './json-client.js';
import type { AwsClientOptions } from './service-client.js';

/** Amazon SQS, as far as the clients use it, in the shapes of its own protocol. */
export type SqsClient = JsonClient<'SendMessage'>;

const MAX_RESPONSE = 1 << 20;

/** A client for Amazon SQS that needs no SDK. */
export function sqsClient(options: AwsClientOptions = {}): SqsClient {
  return jsonClient({ service: 'sqs', target: 'AmazonSQS', protocol: '1.0', maxResponseBytes: MAX_RESPONSE }, options);
}
