// The example as the deployment leg has deployed it: what is asked of its function, and what is looked at behind it.
import { createHash } from 'node:crypto';
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import {
  HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client, type _Object,
} from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { E2e, HttpResponse, Identity, TerminalResult } from '../../../test/e2e/deployment/kit';

/** A key of the client's that is no other's: for objects that the checks themselves store. */
const KEY = createHash('sha256').update('of the checks').digest();
export const WITH_KEY = {
  SSECustomerAlgorithm: 'AES256', SSECustomerKey: KEY.toString('base64'), SSECustomerKeyMD5: createHash('md5').update(KEY).digest('base64'),
};

interface Answer {
  readonly $metadata: { readonly httpStatusCode: number };
}

export interface AskOptions {
  readonly tenant?: string;
  readonly cache?: string;
  /** @default /query */
  readonly path?: string;
  readonly as?: Identity;
}

export class Deployed {
  constructor(private readonly e2e: E2e) {}

  get bucket(): string { return this.find('AWS::S3::Bucket', 'Cache'); }
  get secret(): string { return this.find('AWS::SecretsManager::Secret', 'Cache/MasterKey'); }
  get namespace(): string { return this.e2e.outputs.Namespace; }
  get function(): string { return this.find('AWS::Lambda::Function', 'Query'); }

  /** Asks the function by its URL. */
  ask(sql: string, { tenant, cache, path = 'query', as }: AskOptions = {}): Promise<HttpResponse> {
    return this.post(path, { sql, cache }, { tenant, as });
  }

  post(path: string, body: object, { tenant, as }: Pick<AskOptions, 'tenant' | 'as'> = {}): Promise<HttpResponse> {
    const headers = { 'content-type': 'application/json', ...(tenant && { 'x-tenant': tenant }) };
    return this.e2e.http(this.e2e.outputs.Url + path, { body: JSON.stringify(body), headers, as });
  }

  /** All that is in the bucket. */
  async objects(): Promise<_Object[]> {
    return (await this.s3.send(new ListObjectsV2Command({ Bucket: this.bucket }))).Contents ?? [];
  }

  async keys(): Promise<string[]> {
    return (await this.objects()).map(({ Key }) => Key!).sort();
  }

  /** What S3 says to who has the rights, and no key. */
  async statusWithoutKey(Key: string): Promise<number> {
    const { s3, bucket: Bucket } = this;
    const answer = s3.send(new HeadObjectCommand({ Bucket, Key })) as Promise<Answer>;
    return (await answer.catch((error: Answer) => error)).$metadata.httpStatusCode;
  }

  async store(Key: string): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket: this.bucket, Key, Body: 'x', ...WITH_KEY }));
  }

  /** Of the master keys. */
  async secretValue(): Promise<Record<string, string>> {
    const { SecretString } = await this.e2e.root.as(SecretsManagerClient).send(new GetSecretValueCommand({ SecretId: this.secret }));
    return JSON.parse(SecretString!) as Record<string, string>;
  }

  /** Calls a handler of the cache, as its rule or Secrets Manager does. */
  async call(handler: 'Sweeper' | 'KeyRotation', event: object): Promise<void> {
    const FunctionName = this.find('AWS::Lambda::Function', `Cache/${handler}/`);
    const { FunctionError, Payload } = await this.lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }));
    if (FunctionError !== undefined) throw new Error(Buffer.from(Payload!).toString());
  }

  /** Moves time, as far as a function knows it by its variables; and has its next call begin in a new process. */
  async set(path: string, changed: Readonly<Record<string, string>>): Promise<void> {
    const FunctionName = this.find('AWS::Lambda::Function', path);
    const { Environment } = await this.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const Variables = { ...Environment?.Variables, ...changed };
    await this.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  }

  /** `cache-tiers live …` as somebody, by the variables that `cache.environment` has. Only the account may look into the bucket. */
  async terminal(as: Identity, ...args: string[]): Promise<TerminalResult> {
    const { namespace, secret, bucket } = this;
    const env = {
      LIVE_INDEX_URL: this.e2e.redis, LIVE_NAMESPACE: namespace, LIVE_KEY_SECRET: secret, ...(as === this.e2e.root && { LIVE_BUCKET: bucket }),
    };
    return this.e2e.command(as, ['live', ...args], { env }).result();
  }

  private find(type: string, path: string): string {
    return this.e2e.stack.find(type, `LiveQuery/${path}`).physicalId;
  }

  private get s3(): S3Client { return this.e2e.root.as(S3Client); }
  private get lambda(): LambdaClient { return this.e2e.root.as(LambdaClient); }
}
