import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { E2e, Identity } from '../../kit';

export interface Tables {
  readonly cache: string;
  readonly audit: string;
  readonly rules: string;
}

/** All roles that a footprint's grants are given to, one each. */
export const ROLES = [
  'Names', 'Finder', 'Log', 'PartLog', 'WholeLog', 'Restorer', 'FootprintRestorer', 'Rules', 'RulesWriter', 'Reader', 'Writer',
] as const;
export type RoleId = typeof ROLES[number];

/** A session of a role, with the clients that it is tried with. */
export interface Caller {
  readonly identity: Identity;
  readonly dynamo: DynamoDBClient;
  readonly s3: S3Client;
  readonly ssm: SSMClient;
}

/** A footprint whose grants are tried, and what is next to it. */
export class Target {
  /** What roles have written and are to delete. */
  readonly written: { readonly ssm: SSMClient; readonly name: string }[] = [];
  private readonly callers = new Map<RoleId, Promise<Caller>>();

  /**
   * @param alike a namespace of the same footprint that begins alike
   * @param tables its own
   * @param elsewhere those of another footprint
   */
  constructor(
    readonly e2e: E2e, readonly id: string, readonly namespace: string, readonly alike: string, readonly tables: Tables, readonly elsewhere: Tables,
    readonly footprint: string, readonly archive?: string,
  ) {}

  /** Parameters that exist: in the part that is granted, next to it, outside of it, in the namespace that begins alike. */
  get names(): { readonly inPart: string; readonly nextToPart: string; readonly outside: string; readonly alike: string } {
    const { namespace } = this;
    return { inPart: `${namespace}/db/url`, nextToPart: `${namespace}/dbx`, outside: `${namespace}/top`, alike: `${this.alike}/db/url` };
  }

  as(role: RoleId): Promise<Caller> {
    const known = this.callers.get(role) ?? this.e2e.assume(this.e2e.outputs[`${this.id}${role}RoleArn`])
      .then((identity) => ({ identity, dynamo: identity.as(DynamoDBClient), s3: identity.as(S3Client), ssm: identity.as(SSMClient) }));
    this.callers.set(role, known);
    return known;
  }

  check(name: string, body: () => Promise<void>): Promise<void> {
    return this.e2e.check(`${this.id}: ${name}`, body);
  }
}

export function targets(e2e: E2e): Target[] {
  const { outputs } = e2e;
  const tables = (id: string): Tables => ({
    cache: outputs[`${id}CacheTable`], audit: outputs[`${id}AuditTable`], rules: outputs[`${id}RulesTable`],
  });
  const [main, other] = [tables('Main'), tables('Other')];
  const { MainFootprint, OtherFootprint, ArchiveBucket } = outputs;
  return [
    new Target(e2e, 'Main', '/app', '/apple', main, other, MainFootprint, ArchiveBucket),
    new Target(e2e, 'Other', '/pine', '/pineapple', other, main, OtherFootprint),
    new Target(e2e, 'Imported', '/app', '/apple', main, other, MainFootprint, ArchiveBucket),
  ];
}
