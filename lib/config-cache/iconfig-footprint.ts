import { IResource } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ConfigFootprintGrants } from './config-footprint-grants';
import { NamespaceAccess } from './namespace-access';

/** The config tier over some namespaces, and the parameter by which clients find it. */
export interface IConfigFootprint extends IResource {
  /**
   * Name of the footprint.
   *
   * @attribute
   */
  readonly configFootprintName: string;

  /**
   * Name of the parameter by which clients find what is deployed.
   *
   * @attribute
   */
  readonly configFootprintParameterName: string;

  /** Paths that are followed. Empty: not known. */
  readonly namespaces: string[];

  /** Permissions on the footprint and on its namespaces. */
  readonly grants: ConfigFootprintGrants;

  /** Environment variables by which the client finds the footprint. */
  readonly environment: { [name: string]: string };

  /**
   * Gives a function the footprint: sets its environment variables and grants it to read names, in one call. To read values it needs
   * `grantNamespace` as well.
   *
   * @param fn the function whose code reads names
   * @returns what was granted
   */
  bind(fn: lambda.Function): iam.Grant;

  /**
   * Permits to find the footprint, and to read names and metadata of all its parameters.
   *
   * @param grantee who is permitted
   */
  grantReadNames(grantee: iam.IGrantable): iam.Grant;

  /**
   * Permits to find the footprint, and to rebuild the table of names from the log of changes. To read the log is another matter:
   * `grantReadAudit` with the prefix `/`.
   *
   * @param grantee who is permitted
   */
  grantRebuildNames(grantee: iam.IGrantable): iam.Grant;

  /**
   * Permits to find the footprint, and to read the records of the parameters of a path, with their values.
   *
   * @param grantee who is permitted
   * @param prefix the path, such as `/app`; `/` is the whole log
   */
  grantReadAudit(grantee: iam.IGrantable, prefix: string): iam.Grant;

  /**
   * Permits to restore the parameters of a path to an earlier state.
   *
   * @param grantee who is permitted
   * @param prefix the path, such as `/app`
   * @param parameterKeys keys that encrypt these parameters, now or in the past
   */
  grantRestore(grantee: iam.IGrantable, prefix: string, parameterKeys?: kms.IKey[]): iam.Grant;

  /**
   * Permits to read, or to read and write, the parameters of a path. The footprint's own parameter is never among them.
   *
   * @param grantee who is permitted
   * @param prefix the path, such as `/app`
   * @param access what is permitted
   * @param parameterKeys keys that encrypt these parameters
   */
  grantNamespace(grantee: iam.IGrantable, prefix: string, access: NamespaceAccess, parameterKeys?: kms.IKey[]): iam.Grant;
}
