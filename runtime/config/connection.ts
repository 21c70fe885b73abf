import { CONFIG_ENVIRONMENT } from '../../lib/contract/config.js';
import type { CredentialSource } from '../aws/credential-sources.js';
import { dynamoDbClient, type DynamoDbClient } from '../aws/dynamodb.js';
import { kmsClient, type KmsClient } from '../aws/kms.js';
import type { AwsClientOptions } from '../aws/service-client.js';
import { sqsClient, type SqsClient } from '../aws/sqs.js';
import { ssmClient, type SsmClient } from '../aws/ssm.js';
import { resolveRegion } from '../aws/endpoint.js';
import { FootprintFinder } from './footprint-finder.js';
import type { ConfigConnectionOptions, ConfigService } from './connection-options.js';
import { environmentOf, homeOf, identityOf } from './footprint-key.js';
import type { ConfigFootprint } from './footprint.js';
import type { Home } from '../home/home.js';
import { regionalDynamoDb } from './regional-dynamodb.js';
import { sharedCredentials } from './shared-credentials.js';

/** What every class of the config tier takes: options of a connection of its own, or one that it shares with others. */
export type ConfigOptions = ConfigConnectionOptions | { readonly connection: ConfigConnection };

/** The way to everything that is deployed: clients that share one source of credentials, and the footprint. Nothing is asked before it is needed. */
export class ConfigConnection {
  /** The current time in Unix epoch milliseconds. */
  readonly now: () => number;
  private readonly env: NodeJS.ProcessEnv;
  private readonly sourceFor: () => CredentialSource;
  private readonly made = new Map<string, { destroy(): void }>();
  private readonly finder: FootprintFinder;
  private place?: { readonly home: Home | undefined };

  constructor(private readonly options: ConfigConnectionOptions = {}) {
    this.now = options.now ?? Date.now;
    this.env = environmentOf(options);
    this.sourceFor = sharedCredentials({ credentials: options.credentials, now: options.now, env: this.env });
    this.finder = new FootprintFinder({
      footprint: options.footprint ?? this.env[CONFIG_ENVIRONMENT.footprint],
      identity: identityOf(options, this.env),
      region: () => this.region(),
      ssm: () => this.ssm,
      home: () => this.home,
      credentials: this.sourceFor(),
      now: this.now,
    });
  }

  /** Parameter Store. */
  get ssm(): SsmClient {
    return this.client('ssm', () => ssmClient(this.clientOptions('ssm')));
  }

  /** Parameter Store, each request sent once: for writes of which another would be another version. */
  get ssmOnce(): SsmClient {
    return this.client('ssm once', () => ssmClient({ ...this.clientOptions('ssm'), maxAttempts: 1, replaceStale: false }));
  }

  /** DynamoDB. A table's ARN in another Region leads there. */
  get dynamoDb(): DynamoDbClient {
    return this.client('dynamodb', () => regionalDynamoDb((region) => dynamoDbClient(this.clientOptions('dynamodb', region))));
  }

  get kms(): KmsClient {
    return this.client('kms', () => kmsClient(this.clientOptions('kms')));
  }

  get sqs(): SqsClient {
    return this.client('sqs', () => sqsClient(this.clientOptions('sqs')));
  }

  /** Where local files are. Undefined: there are none. @throws CacheTiersError `E_HOME_UNSAFE` */
  get home(): Home | undefined {
    this.place ??= { home: homeOf(this.options) };
    return this.place.home;
  }

  /**
   * What is deployed. Read once, and remembered for the life of the connection.
   *
   * While Parameter Store cannot be reached, it is what was read the last time with this profile or key, however long ago: `remembered` says so.
   *
   * @throws CacheTiersError `E_CONFIG_FOOTPRINT` if none is named, `E_CONFIG_FOOTPRINT_MISSING`, `E_CONFIG_FOOTPRINT_DENIED`,
   * `E_CONFIG_FOOTPRINT_INVALID`, `E_CONFIG_FOOTPRINT_VERSION`; AwsError if Parameter Store cannot be asked, and nothing is remembered
   */
  async footprint(signal?: AbortSignal): Promise<ConfigFootprint> {
    return this.finder.find(signal);
  }

  /**
   * What was deployed when it was read the last time with this profile or key. Asks nobody. Of credentials that are a function without a
   * `profile`, nothing is remembered.
   *
   * @returns undefined if nothing is remembered
   * @throws CacheTiersError `E_CONFIG_FOOTPRINT` if none is named; AwsError `E_AWS_NO_REGION`
   */
  async rememberedFootprint(): Promise<ConfigFootprint | undefined> {
    return this.finder.remembered();
  }

  /** The Region: the option, that of the environment, or the profile's. @throws AwsError `E_AWS_NO_REGION` */
  async region(): Promise<string> {
    return resolveRegion(this.options.region, this.env);
  }

  /** Closes idle connections. The connection can still be used, and opens new ones then. */
  close(): void {
    for (const client of this.made.values()) client.destroy();
  }

  private client<C extends { destroy(): void }>(service: ConfigService | 'ssm once', make: () => C): C {
    let client = this.made.get(service) as C | undefined;
    if (client === undefined) this.made.set(service, client = make());
    return client;
  }

  private clientOptions(service: ConfigService, region = this.options.region): AwsClientOptions {
    const { footprint, profile, home, endpoints, ...options } = this.options;
    void [footprint, profile, home]; // are not a client's
    return { ...options, region, endpoint: endpoints?.[service], credentials: this.sourceFor(), env: this.env };
  }
}

/** The connection that is given, or a new one of the options. */
export function connectionOf(options: ConfigOptions): ConfigConnection {
  return 'connection' in options ? options.connection : new ConfigConnection(options);
}
