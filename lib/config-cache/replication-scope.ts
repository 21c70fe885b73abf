import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { checkPath } from './parameter-paths';
import { show, validationError } from '../private/errors';
import { checkEach } from '../private/validation';

/** What rules may do that people write as rows of the table. The replicator gets rights on all of it, so keep it small. */
export interface ReplicationScope {
  /** Paths that rules may read from. */
  readonly sources: string[];

  /** Paths that rules may write to. */
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

export function checkScopes(scope: Construct, scopes: readonly ReplicationScope[]): void {
  scopes.forEach(({ sources, destinations }, index) => {
    for (const [name, paths] of [['sources', sources], ['destinations', destinations]] as const) {
      const property = `scopes[${index}].${name}`;
      if (paths.length === 0) throw validationError(scope, `${property} is ${show(paths)}: name at least one path, or leave the scope out`);
      checkEach(scope, property, paths, (each, path) => checkPath(scope, each, path));
    }
  });
}
