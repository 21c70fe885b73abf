import { TASK_NAME, TASK_OBJECT_PREFIX, taskScopePrefix } from '../../lib/contract/tasks';
import type { S3Client } from '../../runtime/aws/s3';
import { Tally } from './tally';

export interface PlacesOptions {
  readonly client: Pick<S3Client, 'list'>;
  readonly bucket: string;
  readonly signal: AbortSignal;
}

const DELIMITER = '/';

/** All scopes, by the names of objects. What is no name is not the cache's. @throws AwsError */
export function scopesIn(options: PlacesOptions): Promise<string[]> {
  return namesBelow(TASK_OBJECT_PREFIX, options);
}

/** All namespaces of a scope, in the order of their names. @throws AwsError */
export async function placesIn(scope: string, options: PlacesOptions): Promise<Tally[]> {
  return (await namesBelow(taskScopePrefix(scope), options)).map((namespace) => new Tally(scope, namespace));
}

async function namesBelow(prefix: string, { client, bucket, signal }: PlacesOptions): Promise<string[]> {
  const names: string[] = [];
  for await (const each of client.list(bucket, { prefix, delimiter: DELIMITER, signal }).prefixes()) {
    const name = each.slice(prefix.length, -DELIMITER.length);
    if (TASK_NAME.test(name)) names.push(name);
  }
  return names;
}
