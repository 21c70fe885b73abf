import { TASK_NAME, TASK_OBJECT_PREFIX, taskScopePrefix } from '../../lib/contract/tasks';
import type { S3Client } from '../../runtime/aws/s3';
import { Tally } from './tally';

export interface PlacesOptions {
  readonly client: Pick<S3Client, 'list'>;
  readonly bucket: string;
  readonly signal: AbortSignal;
}

const DELIMITER = '/';

/** All namespaces of all scopes, by the names of objects. What is no name is not the cache's. @throws AwsError */
export async function placesIn(options: PlacesOptions): Promise<Tally[]> {
  const places: Tally[] = [];
  for (const scope of await namesBelow(TASK_OBJECT_PREFIX, options)) {
    for (const namespace of await namesBelow(taskScopePrefix(scope), options)) places.push(new Tally(scope, namespace));
  }
  return places;
}

async function namesBelow(prefix: string, { client, bucket, signal }: PlacesOptions): Promise<string[]> {
  const names: string[] = [];
  for await (const each of client.list(bucket, { prefix, delimiter: DELIMITER, signal }).prefixes()) {
    const name = each.slice(prefix.length, -DELIMITER.length);
    if (TASK_NAME.test(name)) names.push(name);
  }
  return names;
}
