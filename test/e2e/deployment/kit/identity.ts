import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { AssumeRoleCommand, AssumeRoleWithWebIdentityCommand, STSClient, type Credentials as IssuedCredentials } from '@aws-sdk/client-sts';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
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

/** @param session its name: what is refused to one of another name than ours is a permission that is missing */
export async function assume(by: Identity, roleArn: string, session = SESSION): Promise<Identity> {
  const { Credentials: issued } = await by.as(STSClient).send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: session }));
  return identityOf(by, issued!);
}

/** A session of a role that trusts a service which is not here: the account takes its place, and is trusted from now on. */
export async function assumeAsService(by: Identity, RoleName: string): Promise<Identity> {
  const PolicyDocument = policy([TRUSTS_ACCOUNT]);
  await by.as(IAMClient).send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
  return assume(by, `arn:aws:iam::${ACCOUNT}:role/${RoleName}`, 'service');
}

/** What a token of a provider of identities says. */
export interface Claims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string;
}

/** A session for who has a token. The emulator does not check who has signed it, and judges by what it says. */
export async function assumeByToken(by: Identity, RoleArn: string, claims: Claims): Promise<Identity> {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const WebIdentityToken = [part({ alg: 'none' }), part(claims), 'signature'].join('.');
  const command = new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: 'workflow', WebIdentityToken });
  return identityOf(by, (await by.as(STSClient).send(command)).Credentials!);
}

function identityOf({ endpoint }: Identity, { AccessKeyId, SecretAccessKey, SessionToken }: IssuedCredentials): Identity {
  return new Identity(endpoint, { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: SessionToken! });
}

const TRUSTS_ACCOUNT = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' };

const policy = (Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

/** A session of a new role that may do what the statements say. */
export async function newRole(by: Identity, name: string, statements: readonly object[]): Promise<Identity> {
  const iam = by.as(IAMClient);
  const RoleName = `e2e-${name}-${randomUUID().slice(0, 8)}`;
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: policy([TRUSTS_ACCOUNT]) }));
  if (statements.length > 0) await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: name, PolicyDocument: policy(statements) }));
  return assume(by, Role!.Arn!);
}

/** A role that nobody granted anything. */
export const stranger = (by: Identity): Promise<Identity> => newRole(by, 'stranger', []);
