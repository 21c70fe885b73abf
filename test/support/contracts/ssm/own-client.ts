import { SSMClient } from '@aws-sdk/client-ssm';
import { AwsError } from '../../../../runtime/aws/errors';
import type { AwsClientOptions } from '../../../../runtime/aws/service-client';
import { ssmClient, type SsmOperation } from '../../../../runtime/aws/ssm';

interface Command {
  readonly input: object;
}

/** Our own client, as who calls by the SDK's commands sees it: times are dates, and errors have their status where the SDK's have it. */
export function ownClient(options: AwsClientOptions): SSMClient {
  const client = ssmClient(options);
  const send = async (command: Command): Promise<object> => {
    try {
      return withDates(await client.call<object>(command.constructor.name.replace(/Command$/, '') as SsmOperation, command.input));
    } catch (error) {
      if (error instanceof AwsError) Object.assign(error, { $metadata: { httpStatusCode: error.statusCode } });
      throw error;
    }
  };
  // The SDK's paginators ask for its class.
  return Object.assign(Object.create(SSMClient.prototype) as SSMClient, { send, destroy: () => client.destroy() });
}

/** In the protocol, times are seconds with a fraction. */
function withDates<T>(answer: T): T {
  if (Array.isArray(answer)) return answer.map(withDates) as T;
  if (typeof answer !== 'object' || answer === null) return answer;
  const members = Object.entries(answer).map(([name, value]) =>
    [name, name === 'LastModifiedDate' && typeof value === 'number' ? new Date(Math.round(value * 1000)) : withDates<unknown>(value)]);
  return Object.fromEntries(members) as T;
}
