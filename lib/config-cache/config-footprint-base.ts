import { Resource } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { bindEnvironment } from './bind';
import { ConfigFootprintGrants } from './config-footprint-grants';
import { IConfigAuditor } from './iconfig-auditor';
import { IConfigCache } from './iconfig-cache';
import { IConfigFootprint } from './iconfig-footprint';
import { NamespaceAccess } from './namespace-access';
import { CONFIG_ENVIRONMENT, CONFIG_FOOTPRINT_PATH } from '../contract/config';

/** What is granted on. Users of a footprint that is defined get the constructs themselves, with handlers and metrics. */
export interface ConfigFootprintParts {
  readonly cache: IConfigCache;
  readonly auditor?: IConfigAuditor;
}

/**
 * What defined and imported footprints have in common.
 *
 * @internal
 */
export abstract class ConfigFootprintBase extends Resource implements IConfigFootprint {
  public abstract readonly configFootprintName: string;
  public abstract readonly namespaces: string[];

  /** @internal */
  protected abstract readonly _parts: ConfigFootprintParts;

  public get configFootprintParameterName(): string {
    return `${CONFIG_FOOTPRINT_PATH}${this.configFootprintName}`;
  }

  public get grants(): ConfigFootprintGrants {
    return new ConfigFootprintGrants({
      footprint: this, parameterName: this.configFootprintParameterName, namespaces: this.namespaces, ...this._parts,
    });
  }

  public get environment(): { [name: string]: string } {
    return { [CONFIG_ENVIRONMENT.footprint]: this.configFootprintParameterName };
  }

  public bind(fn: lambda.Function): iam.Grant {
    bindEnvironment(this, fn, this.environment);
    return this.grantReadNames(fn);
  }

  public grantReadNames(grantee: iam.IGrantable): iam.Grant {
    return this.grants.readNames(grantee);
  }

  public grantRebuildNames(grantee: iam.IGrantable): iam.Grant {
    return this.grants.rebuildNames(grantee);
  }

  public grantReadAudit(grantee: iam.IGrantable, prefix: string): iam.Grant {
    return this.grants.readAudit(grantee, prefix);
  }

  public grantRestore(grantee: iam.IGrantable, prefix: string, parameterKeys?: kms.IKey[]): iam.Grant {
    return this.grants.restore(grantee, prefix, parameterKeys);
  }

  public grantNamespace(grantee: iam.IGrantable, prefix: string, access: NamespaceAccess, parameterKeys?: kms.IKey[]): iam.Grant {
    return this.grants.namespace(grantee, prefix, access, parameterKeys);
  }
}
