import * as iam from 'aws-cdk-lib/aws-iam';
import { ITaskScope } from './itask-scope';
import * as perms from './perms';
import { recordReader } from './pull-requests';
import { recordWriter } from './several-scopes';
import { taskScopePrefix } from '../contract/tasks';
import { grantListing, grantOnBucketKey, grantOnObjects } from '../private/bucket-grants';

/** Permissions on a trust scope of a task cache. */
export class TaskScopeGrants {
  private readonly scope: ITaskScope;

  constructor(scope: ITaskScope) {
    this.scope = scope;
  }

  /**
   * Permits to read: the scope's own results, those of the scopes that it reads, and the switches. The names of all that is in the bucket can be
   * listed.
   *
   * @param grantee who is permitted
   */
  public pull(grantee: iam.IGrantable): iam.Grant {
    recordReader(this.scope, grantee);
    return this.read(grantee);
  }

  /**
   * Permits to read, and to write to this scope. Nothing can be deleted, and nothing be replaced without having been read.
   *
   * @param grantee who is permitted
   */
  public push(grantee: iam.IGrantable): iam.Grant {
    recordWriter(this.scope, grantee, false);
    return this.pull(grantee).combine(this.write(grantee));
  }

  /**
   * Permits what `cache-tiers tasks` does: all of the above, to clear the scope, to delete what nothing refers to, and to switch tasks on and
   * off, which goes for all scopes of the cache.
   *
   * @param grantee who is permitted
   */
  public operate(grantee: iam.IGrantable): iam.Grant {
    recordWriter(this.scope, grantee, true);
    const { cache: { bucket, switches } } = this.scope;
    const grant = this.read(grantee).combine(this.write(grantee))
      .combine(grantOnObjects(bucket, grantee, perms.OBJECT_DELETE_ACTIONS, [objectsOf(this.scope)]));
    return switches === undefined ? grant : grant.combine(iam.Grant.addToPrincipal({
      grantee, actions: perms.SWITCHES_WRITE_ACTIONS, resourceArns: [switches.parameterArn],
    }));
  }

  /** Operators look at what pull requests make, and run nothing of it: of them nobody is warned. */
  private read(grantee: iam.IGrantable): iam.Grant {
    const { cache: { bucket, switches }, reads } = this.scope;
    const grant = grantListing(bucket, grantee)
      .combine(grantOnObjects(bucket, grantee, perms.OBJECT_READ_ACTIONS, [this.scope, ...reads].map(objectsOf)))
      .combine(grantOnBucketKey(bucket, grantee, perms.KEY_READ_ACTIONS));
    return switches === undefined ? grant : grant.combine(iam.Grant.addToPrincipal({
      grantee, actions: perms.SWITCHES_READ_ACTIONS, resourceArns: [switches.parameterArn],
    }));
  }

  private write(grantee: iam.IGrantable): iam.Grant {
    const { bucket } = this.scope.cache;
    return grantOnObjects(bucket, grantee, perms.OBJECT_WRITE_ACTIONS, [objectsOf(this.scope)])
      .combine(grantOnBucketKey(bucket, grantee, perms.KEY_WRITE_ACTIONS));
  }
}

const objectsOf = ({ scopeName }: ITaskScope) => `${taskScopePrefix(scopeName)}*`;
