import { Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { grantRecording, recordingEnvironment } from './audit-recording';
import { auditorEnvironment, bindAuditor, ImportedConfigAuditor } from './config-auditor-base';
import { ConfigAuditorGrants } from './config-auditor-grants';
import { ConfigAuditorAttributes, ConfigAuditorProps } from './config-auditor-props';
import { AUDIT_TABLE, checkConfigAuditorAttributes, checkConfigAuditorProps } from './config-auditor-validation';
import { grantReadingHistory } from './config-handlers';
import { defineConfigTable } from './config-table';
import { importedTableArn } from './config-table-validation';
import { IConfigAuditor } from './iconfig-auditor';
import { ParameterConsumer } from './parameter-consumer';
import { ParameterConsumerBase } from './parameter-consumer-base';
import * as perms from './perms';
import { ABORT_UPLOADS, privateBucket } from '../private/private-bucket';

/**
 * A log of all changes of parameters: what was written, by whom and when, what was deleted, which labels were moved. Records are
 * added and never changed. A SecureString is recorded as Parameter Store keeps it, encrypted: nothing here may decrypt it.
 *
 * @stateful
 *
 * @example
 * declare const changes: ParameterChanges;
 * declare const operator: iam.Role;
 *
 * const auditor = new ConfigAuditor(this, 'Auditor', { changes });
 * auditor.grantReadAudit(operator, '/app');
 */
export class ConfigAuditor extends ParameterConsumerBase implements IConfigAuditor {
  /**
   * A log that is defined elsewhere.
   *
   * @param scope the parent
   * @param id the construct's id
   * @param attrs what is known of it
   */
  public static fromConfigAuditorAttributes(scope: Construct, id: string, attrs: ConfigAuditorAttributes): IConfigAuditor {
    checkConfigAuditorAttributes(scope, attrs);
    const arn = importedTableArn(scope, 'configAuditorTable', attrs.configAuditorTableName, attrs.configAuditorTableArn);
    return new ImportedConfigAuditor(scope, id, arn, { ...attrs, namespaces: attrs.namespaces ?? [], storeValues: attrs.storeValues ?? true });
  }

  public readonly table: dynamodb.ITable;
  public readonly namespaces: string[];
  public readonly encryptionKey?: kms.IKey;
  public readonly archiveBucket?: s3.IBucket;
  public readonly retention?: Duration;
  public readonly storeValues: boolean;
  public readonly grants: ConfigAuditorGrants;

  /** @internal */
  protected readonly _consumer: ParameterConsumer;

  constructor(scope: Construct, id: string, props: ConfigAuditorProps) {
    super(scope, id);
    checkConfigAuditorProps(this, props);
    this.table = props.table ?? this.defineTable(props);
    this.namespaces = props.changes.namespaces;
    // A table of yours can have a key of its own, beside the archive's.
    this.encryptionKey = props.table?.encryptionKey ?? props.encryptionKey;
    this.archiveBucket = props.archiveBucket ?? (props.archive ? this.defineArchive(props) : undefined);
    this.retention = props.retention;
    this.storeValues = props.storeValues ?? true;
    this.grants = new ConfigAuditorGrants(this);

    this._consumer = new ParameterConsumer(this, 'Consumer', {
      changes: props.changes,
      bundle: 'config-auditor',
      description: 'Records changes of parameters',
      environment: recordingEnvironment(this, Stack.of(this)),
      options: props,
      defaultMemorySize: Size.mebibytes(256),
      defaultTimeout: Duration.minutes(1),
    });
    grantRecording(this, this.handler);
    grantReadingHistory(this.handler, this.namespaces);
  }

  public get configAuditorTableName(): string {
    return this.table.tableName;
  }

  public get configAuditorTableArn(): string {
    return this.table.tableArn;
  }

  public get environment(): { [name: string]: string } {
    return auditorEnvironment(this, Stack.of(this));
  }

  public bind(fn: lambda.Function, prefix: string): iam.Grant {
    return bindAuditor(this, fn, prefix);
  }

  public grantReadAudit(grantee: iam.IGrantable, prefix: string): iam.Grant {
    return this.grants.read(grantee, prefix);
  }

  public grantRestore(grantee: iam.IGrantable, prefix: string, parameterKeys?: kms.IKey[]): iam.Grant {
    return this.grants.restore(grantee, prefix, parameterKeys);
  }

  private defineTable(props: ConfigAuditorProps): dynamodb.TableV2 {
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    const table = defineConfigTable(this, 'Table', {
      ...AUDIT_TABLE,
      tableName: props.tableName,
      encryptionKey: props.encryptionKey,
      pointInTimeRecovery: props.pointInTimeRecovery ?? true,
      deletionProtection: props.deletionProtection ?? removalPolicy !== RemovalPolicy.DESTROY,
      removalPolicy,
    });
    if (props.immutable ?? true) {
      // The table's policy itself, and the table, stay in the hands of whoever may administer them: nobody is locked out.
      table.addToResourcePolicy(new iam.PolicyStatement({
        effect: iam.Effect.DENY, principals: [new iam.AnyPrincipal()], actions: perms.AUDIT_DENIED_ACTIONS, resources: ['*'],
      }));
    }
    return table;
  }

  /** Versioned, so that an object that is overwritten or deleted can be had back. */
  private defineArchive(props: ConfigAuditorProps): s3.Bucket {
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    return new s3.Bucket(this, 'Archive', {
      ...privateBucket(props.encryptionKey),
      versioned: true,
      lifecycleRules: [ABORT_UPLOADS],
      removalPolicy,
      autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY,
    });
  }
}
