// Every grant of the live tier, each to a role that has nothing else, on a cache with a key of its own, on the same by its attributes, on one
// in another service's bucket; and a second cache that nobody was granted.
import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Function } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { LiveCache, LiveIndex, type ILiveCache } from 'cdk-cache-tiers';
import type { Construct } from 'constructs';

/** Nobody listens there: whoever connects in the run is given the leg's redis-server. */
const URL = 'rediss://index.example.internal:6379';

class LiveGrantsStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const encryptionKey = new Key(this, 'EncryptionKey', { removalPolicy: RemovalPolicy.DESTROY });
    const password = new Secret(this, 'Password', {
      generateSecretString: { secretStringTemplate: JSON.stringify({ username: 'live' }), generateStringKey: 'password' },
    });
    const index = LiveIndex.endpoint(this, 'Index', { url: URL, secret: password });
    const cache = new LiveCache(this, 'Cache', { index, encryptionKey, namespace: 'grants' });
    const foreign = new LiveCache(this, 'Foreign', { index: LiveIndex.endpoint(this, 'ForeignIndex', { url: URL }), rotation: false });

    // The same by its attributes, as another app of the account knows it.
    const imported = LiveCache.fromLiveCacheAttributes(this, 'Imported', {
      namespace: cache.namespace, index,
      bucket: Bucket.fromBucketName(this, 'ImportedBucket', cache.bucket!.bucketName),
      masterKey: Secret.fromSecretAttributes(this, 'ImportedMasterKey', { secretCompleteArn: cache.masterKey.secretArn, encryptionKey }),
      keyRotator: Function.fromFunctionArn(this, 'ImportedRotator', cache.keyRotation!.handler.functionArn),
    });

    const credentials = new Secret(this, 'Credentials');
    const elsewhere = LiveCache.fromLiveCacheAttributes(this, 'Elsewhere', {
      namespace: 'elsewhere', index, masterKey: cache.masterKey,
      dataEndpoint: { url: 'https://s3.example.internal', region: 'fr-par', bucketName: 'results', credentials },
    });

    this.roles('', cache);
    this.roles('Imported', imported);
    this.roles('Elsewhere', elsewhere);
    for (const [name, value] of Object.entries({
      Bucket: cache.bucket!.bucketName, MasterKeyArn: cache.masterKey.secretArn, KeyArn: encryptionKey.keyArn, PasswordArn: password.secretArn,
      Namespace: cache.namespace, ForeignBucket: foreign.bucket!.bucketName, ForeignMasterKeyArn: foreign.masterKey.secretArn,
      ForeignNamespace: foreign.namespace, CredentialsArn: credentials.secretArn,
    })) new CfnOutput(this, name, { value });
  }

  private roles(of: string, cache: ILiveCache): void {
    this.role(`${of}Reader`, (role) => cache.grantRead(role));
    this.role(`${of}Writer`, (role) => cache.grantReadWrite(role));
    this.role(`${of}Invalidator`, (role) => cache.grantInvalidate(role));
    this.role(`${of}Operator`, (role) => cache.grantOperate(role));
  }

  private role(id: string, grant: (role: Role) => void): void {
    const role = new Role(this, id, { assumedBy: new AccountRootPrincipal() });
    grant(role);
    new CfnOutput(this, `${id}RoleArn`, { value: role.roleArn });
  }
}

new LiveGrantsStack(new App(), 'LiveGrants');
