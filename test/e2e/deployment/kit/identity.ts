import { randomUUID } from 'node:crypto';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { ACCOUNT, CA_FILE, REGION } from '../places';

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
  private readonly clients = new Map<unknown, { destroy(): void }>();

  constructor(readonly arn: string, readonly endpoint: string, readonly credentials: Credentials) {}

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
      CDK_DISABLE_CLI_TELEMETRY: 'true', NODE_NO_WARNINGS: '1',
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
  return new Identity(`arn:aws:iam::${ACCOUNT}:root`, endpoint, { accessKeyId: 'test', secretAccessKey: 'test' });
}

export async function assume(by: Identity, roleArn: string): Promise<Identity> {
  const { Credentials: issued, AssumedRoleUser } = await by.as(STSClient).send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: SESSION }));
  return new Identity(AssumedRoleUser!.Arn!, by.endpoint, {
    accessKeyId: issued!.AccessKeyId!, secretAccessKey: issued!.SecretAccessKey!, sessionToken: issued!.SessionToken!,
  });
}

/** A role that nobody granted anything. */
export async function stranger(by: Identity): Promise<Identity> {
  const RoleName = `e2e-stranger-${Date.now().toString(36)}`;
  const trust = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
  const { Role } = await by.as(IAMClient).send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  return assume(by, Role!.Arn!);
}
