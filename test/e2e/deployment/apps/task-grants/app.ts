// Every grant of the task tier, each to a role that has nothing else, on a cache with a key of its own, and on the same by its attributes; and a
// second cache that nobody was granted.
import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { TaskCache, type ITaskCache } from 'cdk-cache-tiers';
import type { Construct } from 'constructs';

class TaskGrantsStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const encryptionKey = new Key(this, 'EncryptionKey', { removalPolicy: RemovalPolicy.DESTROY });
    const cache = new TaskCache(this, 'Cache', { encryptionKey, removalPolicy: RemovalPolicy.DESTROY });
    const foreign = new TaskCache(this, 'Foreign', { removalPolicy: RemovalPolicy.DESTROY });

    // The same by its attributes, as another app of the account knows it.
    const imported = TaskCache.fromTaskCacheAttributes(this, 'Imported', {
      bucket: Bucket.fromBucketAttributes(this, 'ImportedBucket', { bucketName: cache.bucket.bucketName, encryptionKey }),
      switches: StringParameter.fromStringParameterAttributes(this, 'ImportedSwitches', {
        parameterName: cache.switches!.parameterName, simpleName: true, forceDynamicReference: true,
      }),
    });

    this.roles('', cache);
    this.roles('Imported', imported);
    for (const [name, value] of Object.entries({
      Bucket: cache.bucket.bucketName, Switches: cache.switches!.parameterName, KeyArn: encryptionKey.keyArn,
      ForeignBucket: foreign.bucket.bucketName, ForeignSwitches: foreign.switches!.parameterName,
    })) new CfnOutput(this, name, { value });
  }

  private roles(of: string, cache: ITaskCache): void {
    const main = cache.scope('main');
    const pullRequests = cache.scope('pull-request', { reads: [main] });
    this.role(`${of}Puller`, (role) => main.grantPull(role));
    this.role(`${of}Pusher`, (role) => main.grantPush(role));
    this.role(`${of}Operator`, (role) => main.grantOperate(role));
    this.role(`${of}PullRequest`, (role) => pullRequests.grantPush(role));
  }

  private role(id: string, grant: (role: Role) => void): void {
    const role = new Role(this, id, { assumedBy: new AccountRootPrincipal() });
    grant(role);
    new CfnOutput(this, `${id}RoleArn`, { value: role.roleArn });
  }
}

new TaskGrantsStack(new App(), 'TaskGrants');
