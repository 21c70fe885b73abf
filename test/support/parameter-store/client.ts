import { SSMClient } from '@aws-sdk/client-ssm';
import { ParameterStoreError } from './errors';
import type { ParameterStoreModel } from './model';
import { isOperation } from './operations';
import type { Caller } from './state';

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: object;
}

/**
 * A client of the model, without a connection. It takes the SDK's commands, answers as the SDK does, and tries nothing again. The SDK's
 * paginators take it, as they ask for its class; it has nothing else of it.
 */
export function modelClient(model: ParameterStoreModel, caller?: Caller): SSMClient {
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
  return Object.assign(Object.create(SSMClient.prototype) as SSMClient, { send, destroy: () => {} });
}
