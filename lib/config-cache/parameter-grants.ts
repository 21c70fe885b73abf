import { IResource } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { NamespaceAccess } from './namespace-access';
import { pathArns } from './parameter-paths';
import * as perms from './perms';
import { grantOnKey } from '../private/grants';

export interface ParametersGrant {
  /** Whose account and Region the parameters are in. */
  readonly scope: IResource;
  readonly grantee: iam.IGrantable;
  readonly prefix: string;
  readonly access: NamespaceAccess;
  readonly keys: kms.IKey[];
}

/** Permits to read, or to read and write, the parameters of a path. */
export function grantOnParameters({ scope, grantee, prefix, access, keys }: ParametersGrant): iam.Grant {
  const writes = access === NamespaceAccess.WRITE;
  const resourceArns = pathArns(scope, prefix, scope.env);
  const actions = writes ? perms.PARAMETER_READ_WRITE_ACTIONS : perms.PARAMETER_READ_ACTIONS;
  const grant = iam.Grant.addToPrincipal({ grantee, actions, resourceArns });
  const keyActions = writes ? perms.PARAMETER_KEY_READ_WRITE_ACTIONS : perms.PARAMETER_KEY_READ_ACTIONS;
  return keys.reduce((all, key) => all.combine(grantOnParameterKey(key, grantee, keyActions, resourceArns)), grant);
}

/** Permits to use a key for some parameters: Parameter Store encrypts each with its ARN as the encryption context. */
export function grantOnParameterKey(key: kms.IKey, grantee: iam.IGrantable, actions: string[], parameterArns: readonly string[]): iam.Grant {
  return inStatements(parameterArns, (some) => grantOnKey(key, grantee, actions, { StringLike: { 'kms:EncryptionContext:PARAMETER_ARN': some } }));
}

/** Permits actions on any number of resources. */
export function grantOnArns(grantee: iam.IGrantable, actions: string[], arns: readonly string[]): iam.Grant {
  return inStatements(arns, (resourceArns) => iam.Grant.addToPrincipal({ grantee, actions, resourceArns }));
}

/**
 * Characters of the ARNs in a statement. IAM takes 6,144 characters a policy; the CDK divides a role's statements among several policies,
 * but cuts none. It reckons with more than an ARN has in the end, so short statements fill policies better.
 */
const MAX_LENGTH = 1000;

/** @param arns at least one */
function inStatements(arns: readonly string[], grant: (some: string[]) => iam.Grant): iam.Grant {
  const chunks: string[][] = [[]];
  let length = 0;
  for (const arn of arns) {
    length += arn.length;
    if (length > MAX_LENGTH) {
      chunks.push([]);
      length = arn.length;
    }
    chunks[chunks.length - 1].push(arn);
  }
  return chunks.filter((some) => some.length > 0).map(grant).reduce((all, one) => all.combine(one));
}
