import type { AwsClientOptions } from '../aws/service-client.js';

/** Services that a connection has clients for. */
export type ConfigService = 'ssm' | 'dynamodb' | 'kms' | 'sqs';

export interface ConfigConnectionOptions extends Omit<AwsClientOptions, 'endpoint'> {
  /** Name of the footprint, or of its parameter. @default - `CONFIG_FOOTPRINT` */
  readonly footprint?: string;
  /**
   * Profile of the shared AWS configuration files, for credentials and Region. Keys in the environment are then left alone. With a function for
   * `credentials`, it says whose these are: without it, nobody can tell, and no footprint is remembered for when Parameter Store cannot be reached.
   * @default - `AWS_PROFILE`
   */
  readonly profile?: string;
  /**
   * Folder of local files; `false`: none are read or written.
   * @default - `CACHE_TIERS_HOME`, otherwise where the system has such files; in Lambda none, unless `CACHE_TIERS_HOME` is set
   */
  readonly home?: string | false;
  /** URLs in place of AWS's own, by service. */
  readonly endpoints?: { readonly [service in ConfigService]?: string };
}
