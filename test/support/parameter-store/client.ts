import type { SSMClient } from '@aws-sdk/client-ssm';
import { ParameterStoreError } from './errors';
import type { ParameterStoreModel } from './model';
import { isOperation } from './operations';
import type { Caller } from './state';

/** What our code needs of an `SSMClient`. */
export type ParameterStoreClient = Pick<SSMClient, 'send' | 'destroy'>;

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: object;
}

/** A client of the model, without a connection. It takes the SDK's commands, answers as the SDK does, and tries nothing again. */
export function modelClient(model: ParameterStoreModel, caller?: Caller): ParameterStoreClient {
  const send = async (command: Command): Promise<object> => {
    const operation = command.constructor.name.replace(/Command$/, '');
    if (!isOperation(operation)) throw new Error(`the simulator of Parameter Store has no operation ${JSON.stringify(operation)}`);
    const $metadata = { httpStatusCode: 200, requestId: 'simulated', attempts: 1 };
    try {
      return { ...await model.call(operation, command.input as never, caller), $metadata };
    } catch (error) {
      if (!(error instanceof ParameterStoreError)) throw error;
      throw Object.assign(error, { $fault: 'client', $metadata: { ...$metadata, httpStatusCode: error.status } });
    }
  };
  return { send, destroy: () => {} } as unknown as ParameterStoreClient;
}
