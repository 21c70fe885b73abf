import type { S3Client } from '../../runtime/aws/s3';

const DELIMITER = '/';

export interface NamesPlace {
  readonly client: Pick<S3Client, 'list'>;
  readonly bucket: string;
  readonly signal: AbortSignal;
}

/** Names that stand in keys after a prefix and before the next slash, in their order. @throws AwsError */
export async function* namesBelow(prefix: string, { client, bucket, signal }: NamesPlace): AsyncGenerator<string> {
  const prefixes = client.list(bucket, { prefix, delimiter: DELIMITER, signal }).prefixes();
  for await (const each of prefixes) yield each.slice(prefix.length, -DELIMITER.length);
}
