import { randomBytes } from 'node:crypto';
import {
  DeleteParametersCommand, paginateGetParametersByPath, PutParameterCommand, type PutParameterRequest, type SSMClient,
} from '@aws-sdk/client-ssm';

/** A client of Parameter Store, and a path in it that is nobody else's. */
export interface SsmSubject {
  readonly client: SSMClient;
  readonly path: string;
  close(): Promise<void>;
}

export function openSsm(client: SSMClient): SsmSubject {
  const path = `/contract-${randomBytes(6).toString('hex')}`;
  const close = async () => {
    for await (const { Parameters = [] } of paginateGetParametersByPath({ client }, { Path: path, Recursive: true })) {
      if (Parameters.length > 0) await client.send(new DeleteParametersCommand({ Names: Parameters.map(({ Name }) => Name!) }));
    }
    client.destroy();
  };
  return { client, path, close };
}

/** A path of a row's own. */
export const freshPath = ({ path }: SsmSubject) => `${path}/${randomBytes(6).toString('hex')}`;

/** A String of value `v`, if nothing else is said. */
export function put({ client }: SsmSubject, input: Partial<PutParameterRequest> & { readonly Name: string }) {
  const { Overwrite } = input;
  return client.send(new PutParameterCommand({ Value: 'v', ...(Overwrite === true ? {} : { Type: 'String' }), ...input }));
}

export async function putAll(subject: SsmSubject, names: readonly string[]): Promise<void> {
  for (const Name of names) await put(subject, { Name });
}

export const failsAs = (name: string) => ({ name, $metadata: { httpStatusCode: 400 } });
