import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { ACCOUNT, CA_FILE, HOMES, REGION } from '../places';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface ClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
}

type SdkClient<C> = new (config: ClientConfig & { forcePathStyle?: boolean }) => C;

/** Sessions of roles that the leg itself assumes have this name; those of functions have the function's. */
export const SESSION = `e2e-leg-${randomUUID().slice(0, 8)}`;

/** Somebody who calls AWS. */
export class Identity {
  /** Where the cache-tiers command keeps its files for this identity, and for no other. */
  readonly home = join(HOMES, randomUUID());
  private readonly clients = new Map<unknown, { destroy(): void }>();

  constructor(readonly endpoint: string, readonly credentials: Credentials) {}

  get config(): ClientConfig {
    return { endpoint: this.endpoint, region: REGION, credentials: this.credentials };
  }

  /** Variables of a process that is to call AWS as this identity. */
  get environment(): Record<string, string> {
    const { accessKeyId, secretAccessKey, sessionToken } = this.credentials;
    return {
      AWS_ENDPOINT_URL: this.endpoint, AWS_REGION: REGION, AWS_DEFAULT_REGION: REGION,
      AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, ...(sessionToken && { AWS_SESSION_TOKEN: sessionToken }),
      AWS_EC2_METADATA_DISABLED: 'true', AWS_CA_BUNDLE: CA_FILE, NODE_EXTRA_CA_CERTS: CA_FILE,
      CDK_DISABLE_CLI_TELEMETRY: 'true', CACHE_TIERS_HOME: this.home, NODE_NO_WARNINGS: '1',
    };
  }

  /** An SDK client, made once: `identity.as(S3Client).send(…)`. */
  as<C extends { destroy(): void }>(Client: SdkClient<C>): C {
    const known = this.clients.get(Client) as C | undefined;
    if (known) return known;
    const client = new Client({ ...this.config, forcePathStyle: true });
    this.clients.set(Client, client);
    return client;
  }

  destroy(): void {
    for (const client of this.clients.values()) client.destroy();
    this.clients.clear();
  }
}

/** The account itself. The emulator refuses it nothing: it deploys, looks and damages, and never shows that something is permitted. */
export function root(endpoint: string): Identity {
  return new Identity(endpoint, { accessKeyId: 'test', secretAccessKey: 'test' });
}

export async function assume(by: Identity, roleArn: string): Promise<Identity> {
  const { Credentials: issued } = await by.as(STSClient).send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: SESSION }));
  return new Identity(by.endpoint, {
    accessKeyId: issued!.AccessKeyId!, secretAccessKey: issued!.SecretAccessKey!, sessionToken: issued!.SessionToken!,
  });
}

/** A session of a new role that may do what the statements say. */
export async function newRole(by: Identity, name: string, statements: readonly object[]): Promise<Identity> {
  const iam = by.as(IAMClient);
  const RoleName = `e2e-${name}-${randomUUID().slice(0, 8)}`;
  const trust = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' };
  const policy = (Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: policy([trust]) }));
  if (statements.length > 0) await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: name, PolicyDocument: policy(statements) }));
  return assume(by, Role!.Arn!);
}

/** A role that nobody granted anything. */
export const stranger = (by: Identity): Promise<Identity> => newRole(by, 'stranger', []);
