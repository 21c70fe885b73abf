import {
  DeleteParameterCommand, GetParameterCommand, GetParameterHistoryCommand, type GetParameterHistoryCommandOutput, type ParameterType,
  PutParameterCommand, type SSMClient,
} from '@aws-sdk/client-ssm';
import { failureName } from '../shared/config/failure-fields';
import type { Place } from './destination';
import { type ReadParameter, type Replica, type ReplicaMetadata, type ReplicationStore, StoreFailure } from './replication-store';

export type SsmClient = Pick<SSMClient, 'send'>;

/** Parameter Store by the SDK. */
export class SsmReplicationStore implements ReplicationStore {
  /** @param clientOf the client of a place's Region and role */
  constructor(private readonly clientOf: (place: Place) => SsmClient) {}

  async read(place: Place): Promise<ReadParameter | undefined> {
    const output = await this.call('GetParameter', place, (client) =>
      client.send(new GetParameterCommand({ Name: place.name, WithDecryption: true })));
    if (output === undefined) return undefined;
    const { Value: value, Type: type, Version: version, LastModifiedDate } = output.Parameter ?? {};
    // An answer without a value is no missing parameter: nothing may be concluded from it.
    if (value === undefined || type === undefined) throw new StoreFailure('GetParameter', place, 'IncompleteAnswer');
    return { value, type, version: version ?? 0, lastModified: LastModifiedDate?.getTime() ?? 0 };
  }

  /** By its history, which is, unlike DescribeParameters, a permission for one parameter. Without decryption. */
  async describe(place: Place): Promise<ReplicaMetadata | undefined> {
    let newest: { readonly version: number; readonly metadata: ReplicaMetadata } | undefined;
    let from: string | undefined;
    do {
      const page: GetParameterHistoryCommandOutput | undefined = await this.call('GetParameterHistory', place, (client) =>
        client.send(new GetParameterHistoryCommand({ Name: place.name, MaxResults: 50, NextToken: from })));
      if (page === undefined) return undefined;
      for (const { Version: version = 0, KeyId: keyId, Description: description } of page.Parameters ?? []) {
        if (newest === undefined || version > newest.version) newest = { version, metadata: { keyId, description } };
      }
      from = page.NextToken;
    } while (from !== undefined);
    return newest?.metadata;
  }

  async write(place: Place, { value, type, keyId, description }: Replica): Promise<number> {
    const output = await this.call('PutParameter', place, (client) => client.send(new PutParameterCommand({
      Name: place.name, Value: value, Type: type as ParameterType, KeyId: keyId, Description: description,
      Overwrite: true, Tier: 'Intelligent-Tiering', // advanced where the value needs it
    })));
    return output?.Version ?? 0;
  }

  async remove(place: Place): Promise<void> {
    await this.call('DeleteParameter', place, (client) => client.send(new DeleteParameterCommand({ Name: place.name })));
  }

  private async call<O>(operation: string, place: Place, send: (client: SsmClient) => Promise<O>): Promise<O | undefined> {
    try {
      return await send(this.clientOf(place));
    } catch (error) {
      const reason = failureName(error);
      if (reason === 'ParameterNotFound') return undefined;
      throw new StoreFailure(operation, place, reason);
    }
  }
}
