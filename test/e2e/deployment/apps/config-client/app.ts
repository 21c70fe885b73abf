// A footprint, and people who work with it: roles that have the grants of it that the config client needs, and nothing else.
import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { ConfigFootprint, NamespaceAccess, ParameterChangeSource, ParameterTrail } from 'cdk-cache-tiers';
import type { Construct } from 'constructs';

class ConfigClientStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    /** Of the SecureStrings. */
    const key = new Key(this, 'ParameterKey', { removalPolicy: RemovalPolicy.DESTROY });
    const footprint = new ConfigFootprint(this, 'Config', {
      footprintName: 'client', namespaces: ['/shop', '/many', '/public'],
      source: ParameterChangeSource.CLOUDTRAIL, trail: ParameterTrail.existing(), // which says who has done what
      replicationScopes: [{ sources: ['/public'], destinations: ['/shop'] }],
    });

    this.role('Developer', (role) => {
      footprint.grantReadNames(role);
      footprint.grantRestore(role, '/many', [key]);
      footprint.grantNamespace(role, '/shop', NamespaceAccess.WRITE, [key]);
      footprint.grantReadAudit(role, '/shop');
      footprint.replication!.grantReadRules(role);
      footprint.replication!.grantWriteRules(role, '/shop');
    });
    // Of a part of a namespace.
    this.role('Reader', (role) => {
      footprint.grantReadNames(role);
      footprint.grantNamespace(role, '/shop/web', NamespaceAccess.READ, [key]);
      footprint.grantReadAudit(role, '/shop/web');
    });
    this.role('Operator', (role) => {
      footprint.grantReadNames(role);
      footprint.grantReadAudit(role, '/');
      footprint.grantRebuildNames(role);
      footprint.replication!.grantReadRules(role);
      footprint.cache.reconciler.queue.grant(role, 'sqs:SendMessage');
    });

    for (const [name, value] of Object.entries({
      CacheTable: footprint.cache.table.tableName, AuditTable: footprint.auditor!.table.tableName,
      RulesTable: footprint.replication!.table.tableName, KeyArn: key.keyArn,
    })) new CfnOutput(this, name, { value });
  }

  private role(id: string, grant: (role: Role) => void): void {
    const role = new Role(this, id, { assumedBy: new AccountRootPrincipal() });
    grant(role);
    new CfnOutput(this, `${id}RoleArn`, { value: role.roleArn });
  }
}

new ConfigClientStack(new App(), 'ConfigClient');
