import { CONFIG_REPLICA_DESCRIPTION } from '../../../lib/contract/config.js';
import { AwsError } from '../../aws/errors.js';
import type { DynamoDbClient } from '../../aws/dynamodb.js';
import { pagesOf } from '../../stores/dynamodb-pages.js';
import type { ConfigFootprint } from '../footprint.js';
import { DynamoDbRulesTable } from '../tables/dynamodb-rules-table.js';
import { patiently } from './patience.js';

/** Rules of a page: all of them are read. */
const PAGE_SIZE = 1_000;

/** Tells what replication writes. */
export interface Replicas {
  has(name: string, description: string | undefined): boolean;
  /** How it is known, where that leaves something to be known. */
  readonly note?: string;
}

const byDescription = (_name: string, description: string | undefined): boolean => description?.startsWith(CONFIG_REPLICA_DESCRIPTION) === true;

/** Destinations of the replication rules; without access to them, the parameters whose description says that they are replicated. */
export async function replicasOf(client: DynamoDbClient, footprint: ConfigFootprint, signal?: AbortSignal): Promise<Replicas> {
  const { replicationTable } = footprint;
  if (replicationTable === undefined) return { has: byDescription };
  const destinations = new Set<string>();
  try {
    const table = new DynamoDbRulesTable({ client, tableName: replicationTable, pageSize: PAGE_SIZE });
    const pages = pagesOf((after) => {
      signal?.throwIfAborted();
      return patiently(() => table.page(after), signal);
    });
    for await (const page of pages) for (const destination of page.destinations) destinations.add(localName(destination, footprint));
  } catch (error) {
    if (!(error instanceof AwsError) || error.failure !== 'denied') throw error;
    return { has: byDescription, note: 'the replication rules may not be read: replicas are known by their descriptions' };
  }
  return { has: (name) => destinations.has(name) };
}

/** A destination may be an ARN. Those of other places are no names of this one. */
function localName(destination: string, { partition, region, account }: ConfigFootprint): string {
  const prefix = `arn:${partition}:ssm:${region}:${account}:parameter`;
  return destination.startsWith(`${prefix}/`) ? destination.slice(prefix.length) : destination;
}
