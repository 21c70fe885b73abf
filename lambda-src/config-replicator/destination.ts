import { isConfigRuleName } from '../../lib/contract/config-template';

/** Where the replicator runs. */
export interface Home {
  readonly account: string;
  readonly region: string;
}

/** Where a parameter is, and as whom it is reached. */
export interface Place {
  readonly name: string;
  /** Absent: the replicator's own. */
  readonly region?: string;
  /** Absent: the replicator's own. */
  readonly roleArn?: string;
}

const PARAMETER = /^arn:aws[a-z-]*:ssm:([a-z0-9-]{1,40}):(\d{12}):parameter(\/.+)$/;
const ROLE = /^arn:aws[a-z-]*:iam::(\d{12}):role\/[\w+=,.@/-]{1,576}$/;

/** Is this the ARN of a parameter, and not a name? */
export const isArn = (destination: string): boolean => destination.startsWith('arn:');

/**
 * Where a rule writes to, or the reason why it may not. One parameter has one form of a destination, so no two rules can write the same
 * one in turns; and a role never leads to another account than the destination says.
 */
export function placeOf(destination: string, roleArn: string | undefined, home: Home): Place | string {
  const role = roleArn === undefined ? undefined : ROLE.exec(roleArn)?.[1];
  if (roleArn !== undefined && role === undefined) return 'role_arn must be the ARN of a role';
  if (!isArn(destination)) {
    if (!isConfigRuleName(destination)) return 'destination must be the name of a parameter with a first slash, or its ARN';
    if (role !== undefined && role !== home.account) return 'role_arn is of another account than destination: write the destination\'s ARN';
    return { name: destination, ...(roleArn !== undefined && { roleArn }) };
  }
  const [, region, account, name] = PARAMETER.exec(destination) ?? [];
  if (name === undefined || !isConfigRuleName(name)) return 'destination must be the ARN of a parameter';
  if (region === home.region && account === home.account) return 'destination is in this account and Region: write its name';
  if (role === undefined && account !== home.account) return 'destination is in another account: role_arn is needed';
  if (role !== undefined && role !== account) return 'role_arn is of another account than destination';
  return { name, region, ...(roleArn !== undefined && { roleArn }) };
}
