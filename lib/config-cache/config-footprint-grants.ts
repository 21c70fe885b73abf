import { IResource, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { IConfigAuditor } from './iconfig-auditor';
import { IConfigCache } from './iconfig-cache';
import { NamespaceAccess } from './namespace-access';
import { grantOnParameters } from './parameter-grants';
import { checkPrefix, isWithin, parameterArnIn } from './parameter-paths';
import * as perms from './perms';
import { CONFIG_FOOTPRINT_PATH } from '../contract/config';
import { show, validationError } from '../private/errors';

/** What permissions are granted on. */
export interface ConfigFootprintGrantsProps {
  /** The footprint: its parameters are in its account and Region. */
  readonly footprint: IResource;

  /** Name of the footprint's parameter. */
  readonly parameterName: string;

  /**
   * Paths that are followed.
   *
   * @default - not known
   */
  readonly namespaces?: string[];

  /** The table of names. */
  readonly cache: IConfigCache;

  /**
   * The log of changes.
   *
   * @default - none
   */
  readonly auditor?: IConfigAuditor;
}

/** Permissions on a footprint: to find it, on what it has, and on the parameters of its namespaces. */
export class ConfigFootprintGrants {
  private readonly props: ConfigFootprintGrantsProps;

  constructor(props: ConfigFootprintGrantsProps) {
    this.props = props;
  }

  /**
   * Permits to find the footprint, and to read names and metadata of all its parameters.
   *
   * @param grantee who is permitted
   */
  public readNames(grantee: iam.IGrantable): iam.Grant {
    return this.find(grantee).combine(this.props.cache.grantReadNames(grantee));
  }

  /**
   * Permits to find the footprint, and to rebuild the table of names from the log of changes. To read the log is another matter: `readAudit`
   * with the prefix `/`.
   *
   * @param grantee who is permitted
   */
  public rebuildNames(grantee: iam.IGrantable): iam.Grant {
    return this.find(grantee).combine(this.props.cache.grantRebuildNames(grantee));
  }

  /**
   * Permits to find the footprint, and to read the records of the parameters of a path, with their values.
   *
   * @param grantee who is permitted
   * @param prefix the path, such as `/app`; `/` is the whole log
   */
  public readAudit(grantee: iam.IGrantable, prefix: string): iam.Grant {
    return this.find(grantee).combine(this.auditor('grantReadAudit').grantReadAudit(grantee, prefix));
  }

  /**
   * Permits to find the footprint, and to restore the parameters of a path to an earlier state.
   *
   * @param grantee who is permitted
   * @param prefix the path, such as `/app`
   * @param parameterKeys keys that encrypt these parameters, now or in the past
   */
  public restore(grantee: iam.IGrantable, prefix: string, parameterKeys?: kms.IKey[]): iam.Grant {
    this.checkPrefix(prefix);
    return this.find(grantee).combine(this.auditor('grantRestore').grantRestore(grantee, prefix, parameterKeys));
  }

  /**
   * Permits to read, or to read and write, the parameters of a path. The footprint's own parameter is never among them.
   *
   * @param grantee who is permitted
   * @param prefix the path, such as `/app`
   * @param access what is permitted
   * @param parameterKeys keys that encrypt these parameters. Permits their use for these parameters only
   */
  public namespace(grantee: iam.IGrantable, prefix: string, access: NamespaceAccess, parameterKeys: kms.IKey[] = []): iam.Grant {
    this.checkPrefix(prefix);
    return grantOnParameters({ scope: this.props.footprint, grantee, prefix, access, keys: parameterKeys });
  }

  /** All clients begin with this parameter, which says nothing but names. */
  private find(grantee: iam.IGrantable): iam.Grant {
    const { footprint, parameterName } = this.props;
    return iam.Grant.addToPrincipal({
      grantee, actions: perms.FOOTPRINT_READ_ACTIONS, resourceArns: [parameterArnIn(footprint, parameterName, footprint.env)],
    });
  }

  private auditor(method: string): IConfigAuditor {
    const { footprint, auditor } = this.props;
    if (auditor === undefined) throw validationError(footprint, `${method} is called, but the footprint has no log of changes: set audit to true`);
    return auditor;
  }

  /** Whoever writes the footprint's parameter leads all clients astray. */
  private checkPrefix(prefix: string): void {
    const { footprint, namespaces = [] } = this.props;
    checkPrefix(footprint, prefix, namespaces);
    if (Token.isUnresolved(prefix)) return;
    const own = CONFIG_FOOTPRINT_PATH.slice(0, -1);
    if (isWithin(own, prefix) || isWithin(prefix, own)) {
      throw validationError(footprint, `prefix is ${show(prefix)}, which has the footprint's own parameter or is its path: name narrower paths`);
    }
  }
}
