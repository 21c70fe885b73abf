import { Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { checkPath } from './parameter-paths';
import { show, validationError } from '../private/errors';
import { checkEach, checkPattern } from '../private/validation';

/** What rules may do that people write as rows of the table. The replicator gets rights on all of it, so keep it small. */
export interface ReplicationScope {
  /** Paths that rules may read from. */
  readonly sources: string[];

  /**
   * Paths that rules may write to, such as `/app`; of another account or Region as an ARN without a slash at its end, such as
   * `arn:aws:ssm:eu-north-1:111111111111:parameter/app`.
   */
  readonly destinations: string[];

  /**
   * Keys that encrypt parameters of the sources. Permits their use for these parameters only.
   *
   * @default - sources are not encrypted by keys of yours
   */
  readonly sourceKeys?: kms.IKey[];

  /**
   * Keys that encrypt parameters of the destinations. Permits their use for these parameters only.
   *
   * @default - destinations are not encrypted by keys of yours
   */
  readonly destinationKeys?: kms.IKey[];

  /**
   * Roles that rules may name as the one that writes their destination.
   *
   * @default - none
   */
  readonly roles?: iam.IRole[];

  /**
   * Whether rules may delete a destination whose source is deleted.
   *
   * @default false
   */
  readonly allowDelete?: boolean;
}

/** Whether a scope's path is one of another account or Region. */
export function isArnPath(path: string): boolean {
  return path.startsWith('arn:');
}

const ARN_PATH = /^arn:aws[a-z-]*:ssm:[a-z0-9-]+:\d{12}:parameter(\/[\w.-]+)+$/;

/**
 * Throws where a path of a scope is none.
 *
 * @internal
 */
export function checkScopes(scope: Construct, scopes: readonly ReplicationScope[]): void {
  scopes.forEach(({ sources, destinations }, index) => {
    checkPaths(scope, `scopes[${index}].sources`, sources, checkPath);
    checkPaths(scope, `scopes[${index}].destinations`, destinations, checkDestination);
  });
}

function checkPaths(scope: Construct, name: string, paths: string[], check: (scope: Construct, name: string, path: string) => void): void {
  // Of what is known only at deployment no ARNs can be made, but those of all parameters.
  if (Token.isUnresolved(paths)) throw validationError(scope, `${name} is a list that is known only at deployment: name each path`);
  if (paths.length === 0) throw validationError(scope, `${name} is ${show(paths)}: name at least one path, or leave the scope out`);
  checkEach(scope, name, paths, (each, path) => check(scope, each, path));
}

function checkDestination(scope: Construct, name: string, path: string): void {
  if (isArnPath(path)) checkPattern(scope, name, path, ARN_PATH, 'the ARN of a path, such as "arn:aws:ssm:eu-north-1:111111111111:parameter/app"');
  else checkPath(scope, name, path);
}
