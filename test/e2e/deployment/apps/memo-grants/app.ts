// Every grant of the memo tier, each to a role that has nothing else, and a second cache that nobody was granted.
import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { MemoCache, type IMemoCache } from 'cdk-cache-tiers';
import type { Construct } from 'constructs';

class MemoGrantsStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const encryptionKey = new Key(this, 'EncryptionKey', { removalPolicy: RemovalPolicy.DESTROY });
    const cache = new MemoCache(this, 'Cache', { environmentName: 'grants', overflow: true, encryptionKey, removalPolicy: RemovalPolicy.RETAIN });
    const parts = new MemoCache(this, 'Parts');
    const foreignKey = new Key(this, 'ForeignEncryptionKey', { removalPolicy: RemovalPolicy.DESTROY });
    const foreign = new MemoCache(this, 'Foreign', { overflow: true, encryptionKey: foreignKey });

    this.role('Reader', (role) => cache.grantRead(role));
    this.role('Writer', (role) => cache.grantReadWrite(role));
    this.role('PartsWriter', (role) => parts.grantReadWrite(role));
    this.role('Flusher', (role) => cache.grantFlush(role));
    // The same by the table's name alone, as another app of the account knows it.
    const imported: IMemoCache = MemoCache.fromTableName(this, 'Imported', 'cache-grants');
    this.role('ImportedReader', (role) => imported.grantRead(role));
    this.role('ImportedWriter', (role) => imported.grantReadWrite(role));
    this.role('ImportedFlusher', (role) => imported.grantFlush(role));

    for (const [name, value] of Object.entries({
      Table: cache.table.tableName, Bucket: cache.overflowBucket!.bucketName, KeyArn: encryptionKey.keyArn, PartsTable: parts.table.tableName,
      ForeignTable: foreign.table.tableName, ForeignBucket: foreign.overflowBucket!.bucketName, ForeignKeyArn: foreignKey.keyArn,
    })) new CfnOutput(this, name, { value });
  }

  private role(id: string, grant: (role: Role) => void): void {
    const role = new Role(this, id, { assumedBy: new AccountRootPrincipal() });
    grant(role);
    new CfnOutput(this, `${id}RoleArn`, { value: role.roleArn });
  }
}

new MemoGrantsStack(new App(), 'MemoGrants');
