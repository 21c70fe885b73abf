import { CONFIG_FOOTPRINT_MEMBER as MEMBER, CONFIG_FOOTPRINT_PATH, CONFIG_FOOTPRINT_VERSION } from '../../lib/contract/config.js';
import { AwsError } from '../aws/errors.js';
import type { SsmClient } from '../aws/ssm.js';
import { CacheTiersError, InvalidArgumentError, show } from '../errors.js';
import { isRecord } from './is-record.js';

/** What is deployed, and where: what a `ConfigFootprint` of the constructs has published. */
export interface ConfigFootprint {
  /** The footprint's own name, without the path of its parameter. */
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** `aws`, `aws-cn`, `aws-us-gov`… */
  readonly partition: string;
  /** The paths that are followed. */
  readonly namespaces: readonly string[];
  /** Name or ARN of the table of names. */
  readonly cacheTable: string;
  /** Name or ARN of the audit log's table. Absent: there is no log. */
  readonly auditTable?: string;
  /** Name of the bucket that audit records are archived in. */
  readonly auditArchive?: string;
  /** Name or ARN of the table of replication rules. Absent: there is no replication. */
  readonly replicationTable?: string;
  readonly reconcilerQueueUrl?: string;
  /** Whole days that the table of names knows of a deletion. Absent: at least one. */
  readonly tombstoneDays?: number;
  /** Set where Parameter Store could not be reached, and this is what it said before. */
  readonly remembered?: RememberedSince;
}

export interface RememberedSince {
  /** How long ago Parameter Store said so, in milliseconds. */
  readonly age: number;
  /** Why it could not be asked now. */
  readonly reason?: Error;
}

/** GetParameter's answer, as far as it is used. */
interface Answer {
  readonly Parameter?: { readonly ARN?: string; readonly Value?: string };
}

/**
 * Name of a footprint's parameter.
 *
 * @param footprint the footprint's name, or its parameter's
 * @throws InvalidArgumentError `E_CONFIG_FOOTPRINT`
 */
export function footprintParameter(footprint: string | undefined): string {
  if (footprint === undefined || footprint === '') {
    throw new InvalidArgumentError('E_CONFIG_FOOTPRINT', 'no footprint is named: pass footprint, or set CONFIG_FOOTPRINT');
  }
  if (/^\/[\w.\-/]{1,1010}$/.test(footprint)) return footprint;
  if (/^[\w.-]{1,128}$/.test(footprint)) return `${CONFIG_FOOTPRINT_PATH}${footprint}`;
  throw new InvalidArgumentError('E_CONFIG_FOOTPRINT',
    `footprint must be the name of a footprint, such as "main", or of its parameter, such as "${CONFIG_FOOTPRINT_PATH}main", got ${show(footprint)}`);
}

/**
 * Reads a footprint from Parameter Store.
 *
 * @param parameter name of its parameter
 * @param region for messages
 * @throws CacheTiersError `E_CONFIG_FOOTPRINT_MISSING`, `E_CONFIG_FOOTPRINT_DENIED`, `E_CONFIG_FOOTPRINT_INVALID`, `E_CONFIG_FOOTPRINT_VERSION`;
 * AwsError if Parameter Store cannot be asked
 */
export async function readFootprint(ssm: SsmClient, parameter: string, region: string, signal?: AbortSignal): Promise<ConfigFootprint> {
  const { Parameter } = await ssm.call<Answer>('GetParameter', { Name: parameter }, signal).catch((error: unknown) => {
    throw explained(error, parameter, region);
  });
  return footprintOf(parameter, Parameter?.Value, Parameter?.ARN);
}

/**
 * A footprint of its parameter's value. No message repeats any of it: another parameter, a secret one, may have been named by mistake.
 *
 * @throws CacheTiersError `E_CONFIG_FOOTPRINT_INVALID`, `E_CONFIG_FOOTPRINT_VERSION`
 */
export function footprintOf(parameter: string, value: unknown, arn: unknown): ConfigFootprint {
  const [, partition, region, account] = /^arn:([^:]+):ssm:([^:]+):(\d{12}):parameter\//.exec(String(arn)) ?? [];
  if (partition === undefined || region === undefined || account === undefined) {
    throw invalid(parameter, 'the answer has no ARN that says its account and Region');
  }
  const members = objectOf(value);
  if (members === undefined) throw invalid(parameter, 'it is not a JSON object');
  const version = members[MEMBER.version];
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 1) {
    throw invalid(parameter, `its ${MEMBER.version} is not a whole number`);
  }
  if (version > CONFIG_FOOTPRINT_VERSION) {
    throw new CacheTiersError('E_CONFIG_FOOTPRINT_VERSION', `footprint ${JSON.stringify(parameter)} has the form of version ${version}, `
      + `and this client knows those up to ${CONFIG_FOOTPRINT_VERSION}: update cdk-cache-tiers here`);
  }
  const text = (member: string): string | undefined => {
    const given = members[member];
    if (given === undefined || given === null || (typeof given === 'string' && given !== '')) return given ?? undefined;
    throw invalid(parameter, `its ${member} is not a text`);
  };
  const cacheTable = text(MEMBER.cacheTable);
  if (cacheTable === undefined) throw invalid(parameter, `it has no ${MEMBER.cacheTable}`);
  const namespaces = members[MEMBER.namespaces];
  if (!Array.isArray(namespaces) || namespaces.length === 0 || !namespaces.every((path) => typeof path === 'string' && path.startsWith('/'))) {
    throw invalid(parameter, `its ${MEMBER.namespaces} are not a list of paths`);
  }
  return {
    name: parameter.startsWith(CONFIG_FOOTPRINT_PATH) ? parameter.slice(CONFIG_FOOTPRINT_PATH.length) : parameter,
    account, region, partition, namespaces, cacheTable,
    ...given('auditTable', text(MEMBER.auditTable)),
    ...given('auditArchive', text(MEMBER.auditArchive)),
    ...given('replicationTable', text(MEMBER.replicationTable)),
    ...given('reconcilerQueueUrl', text(MEMBER.reconcilerQueueUrl)),
    ...daysOf(members[MEMBER.tombstoneDays]),
  };
}

/** What is no number of days is as if it were not there: the least is taken for it. */
function daysOf(tombstoneDays: unknown): Pick<ConfigFootprint, 'tombstoneDays'> {
  return typeof tombstoneDays === 'number' && tombstoneDays >= 1 ? { tombstoneDays } : {};
}

function given(member: keyof ConfigFootprint, value: string | undefined): { readonly [member: string]: string } {
  return value === undefined ? {} : { [member]: value };
}

/** What JSON.parse says repeats the text, so nothing of it goes further. */
function objectOf(value: unknown): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(String(value));
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function explained(error: unknown, parameter: string, region: string): unknown {
  if (!(error instanceof AwsError)) return error;
  const what = `footprint ${JSON.stringify(parameter)} in ${region}`;
  if (error.name === 'ParameterNotFound') {
    return new CacheTiersError('E_CONFIG_FOOTPRINT_MISSING', `there is no ${what}. `
      + 'Check the account (profile, credentials), the Region and the name. A footprint is published by deploying the construct ConfigFootprint: '
      + 'its footprintName is what to pass as footprint or to set as CONFIG_FOOTPRINT', { cause: error });
  }
  if (!error.name.startsWith('AccessDenied')) return error;
  return new CacheTiersError('E_CONFIG_FOOTPRINT_DENIED', `not allowed to read ${what}: allow it to who calls, `
    + `by grantReadNames of the ConfigFootprint for instance (${error.message})`, { cause: error });
}

function invalid(parameter: string, reason: string): CacheTiersError {
  return new CacheTiersError('E_CONFIG_FOOTPRINT_INVALID', `parameter ${JSON.stringify(parameter)} is not a footprint: ${reason}. `
    + 'Check the name; if it is right, deploy its ConfigFootprint again');
}
