import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { ReplicationRuleDefinition } from './replication-rule-definition';

/** What becomes of a copy when its source is deleted. */
export enum OnSourceDelete {
  /** The copy stays as it is. */
  RETAIN = 'RETAIN',

  /** The copy is deleted as well, if the replicator has written it. */
  DELETE = 'DELETE',
}

/** Where a replication rule writes to. */
export interface ReplicationDestinationOptions {
  /** Name of the parameter that is written, such as `/app/db/url`. It is created if there is none, and overwritten if there is one. */
  readonly destination: string;

  /**
   * Region of the parameter that is written.
   *
   * @default - the Region of the replication
   */
  readonly destinationRegion?: string;

  /**
   * Account of the parameter that is written. Needs a `destinationRole`.
   *
   * @default - the account of the replication
   */
  readonly destinationAccount?: string;

  /**
   * A role that the replicator assumes to read and write the destination. It must trust the replicator's role and permit, on the
   * destination, `ssm:GetParameter`, `ssm:GetParameterHistory` and `ssm:PutParameter`, for `OnSourceDelete.DELETE` also
   * `ssm:DeleteParameter`; and what `destinationKey` takes. Parameters of other accounts cannot be written without.
   *
   * @default - the replicator's own role writes
   */
  readonly destinationRole?: iam.IRole;

  /**
   * Key that encrypts what is written, where it is a SecureString.
   *
   * @default - the key that the destination has; that of a new one is the account's default key for Parameter Store
   */
  readonly destinationKey?: kms.IKey;
}

/** A rule that keeps one parameter equal to another. */
export interface CopyRuleOptions extends ReplicationDestinationOptions {
  /** Name of the parameter that is read, such as `/shared/db/url`. */
  readonly source: string;

  /**
   * Key that encrypts the source.
   *
   * @default - none, or the account's default key for Parameter Store
   */
  readonly sourceKey?: kms.IKey;

  /**
   * What becomes of the destination when the source is deleted.
   *
   * @default OnSourceDelete.RETAIN
   */
  readonly onSourceDelete?: OnSourceDelete;
}

/** A rule that makes one parameter of several. */
export interface MergeRuleOptions extends ReplicationDestinationOptions {
  /**
   * Text with `${/name}` for the value of a parameter, `${/name:uri}` for its value as a part of a URI, and `$$` for a dollar sign.
   *
   * It is stored in the table of rules and in the stack's template as it is: no place for a secret.
   */
  readonly template: string;

  /**
   * Names of the parameters that are read. Needed only if the template is a token, which cannot be looked into.
   *
   * @default - taken from the template
   */
  readonly sources?: string[];

  /**
   * Keys that encrypt the sources.
   *
   * @default - none, or the account's default key for Parameter Store
   */
  readonly sourceKeys?: kms.IKey[];
}

/** A rule by which parameters are kept equal to others, whoever changes them. */
export class ReplicationRule {
  /**
   * Keeps a parameter equal to another: its value and its type.
   *
   * @param options what is copied, and where to
   */
  public static copyFrom(options: CopyRuleOptions): ReplicationRule {
    const { source, sourceKey, onSourceDelete, ...rest } = options;
    return new ReplicationRule({
      ...rest, sources: [source], sourceKeys: sourceKey === undefined ? [] : [sourceKey], deletes: onSourceDelete === OnSourceDelete.DELETE,
    });
  }

  /**
   * Makes a parameter of the values of others: a SecureString if one of them is, otherwise a String.
   *
   * @param options what is merged, and where to
   */
  public static merge(options: MergeRuleOptions): ReplicationRule {
    return new ReplicationRule({ ...options, sourceKeys: options.sourceKeys ?? [], deletes: false });
  }

  /** Name of the parameter that is written. */
  public readonly destination: string;

  /** @internal */
  public readonly _definition: ReplicationRuleDefinition;

  private constructor(definition: ReplicationRuleDefinition) {
    this.destination = definition.destination;
    this._definition = definition;
  }
}
