import { jsonClient, type JsonClient } from './json-client.js';
import type { AwsClientOptions } from './service-client.js';

/** Operations of Parameter Store that the clients use. */
export type SsmOperation
  = | 'GetParameter' | 'GetParameters' | 'GetParametersByPath' | 'GetParameterHistory' | 'DescribeParameters'
    | 'PutParameter' | 'DeleteParameter' | 'DeleteParameters' | 'LabelParameterVersion' | 'UnlabelParameterVersion'
    | 'AddTagsToResource' | 'ListTagsForResource';

/** Parameter Store, in the shapes of its own protocol: times are Unix epoch seconds with a fraction. */
export type SsmClient = JsonClient<SsmOperation>;

/** Fifty versions of 8 KB, which JSON may write as six times as many bytes. */
const MAX_RESPONSE = 8 << 20;

/** A client for Parameter Store that needs no SDK. */
export function ssmClient(options: AwsClientOptions = {}): SsmClient {
  return jsonClient({ service: 'ssm', target: 'AmazonSSM', protocol: '1.1', maxResponseBytes: MAX_RESPONSE }, options);
}
