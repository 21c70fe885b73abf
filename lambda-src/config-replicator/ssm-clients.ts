import type { SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { createSsmClient } from '../shared/config/ssm-parameter-store';
import type { Place } from './destination';

/** Names the replicator in the CloudTrail of other accounts. */
const SESSION_NAME = 'cdk-cache-tiers-config-replicator';

/** Places that are kept: their number is that of the roles and Regions in rules. */
const MAX_CLIENTS = 50;

/** Credentials are renewed this long before they expire, in milliseconds. */
const MARGIN = 5 * 60_000;

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** Of an attempt, in milliseconds. */
const STS_TIMEOUT = 5_000;

/** A session that is being asked for is awaited by all who need it, so an answer that never comes would hold them up for ever. */
export function createStsClient(region: string, timeout = STS_TIMEOUT): STSClient {
  return new STSClient({ region, requestHandler: { connectionTimeout: timeout, requestTimeout: timeout, throwOnRequestTimeout: true } });
}

/** A session of a role, kept until shortly before it expires. Asked for once at a time; a failure is not kept. */
export function assumedRole(sts: Pick<STSClient, 'send'>, roleArn: string, now: () => number): () => Promise<Credentials> {
  let session: Promise<Credentials> | undefined;
  let renewal = 0;
  const assume = async (): Promise<Credentials> => {
    const { Credentials: given } = await sts.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: SESSION_NAME }));
    if (given?.AccessKeyId === undefined || given.SecretAccessKey === undefined) throw new Error(`no credentials for the role ${roleArn}`);
    renewal = (given.Expiration?.getTime() ?? 0) - MARGIN;
    return {
      accessKeyId: given.AccessKeyId, secretAccessKey: given.SecretAccessKey, sessionToken: given.SessionToken, expiration: given.Expiration,
    };
  };
  return () => {
    if (session === undefined || now() >= renewal) {
      renewal = Infinity; // until the session says
      const asked = assume();
      session = asked;
      asked.catch(() => { if (session === asked) session = undefined; });
    }
    return session;
  };
}

export interface SsmClientsOptions {
  readonly region: string;
  readonly sts: Pick<STSClient, 'send'>;
  readonly now: () => number;
}

/** A client for each Region and role, made when it is first needed. */
export function ssmClients({ region: home, sts, now }: SsmClientsOptions): (place: Place) => SSMClient {
  const clients = new Map<string, SSMClient>();
  return ({ region = home, roleArn }) => {
    const key = `${region} ${roleArn ?? ''}`;
    const client = clients.get(key) ?? createSsmClient({
      region, ...(roleArn !== undefined && { credentials: assumedRole(sts, roleArn, now) }),
    });
    clients.delete(key); // and last again: the first is the one that is not used for longest
    clients.set(key, client);
    if (clients.size > MAX_CLIENTS) clients.delete([...clients.keys()][0]);
    return client;
  };
}
