import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { IConstruct } from 'constructs';

/**
 * A server of the Redis protocol, in which clients of a live cache find results and agree on who executes a query. What it holds can be
 * lost at any time: clients then go on without it.
 *
 * Its `connections` are those of the server; without security groups where it is reached over the internet.
 */
export interface ILiveIndex extends IConstruct, ec2.IConnectable {
  /** How clients reach the server: `redis://host:6379`, or `rediss://` for TLS. Never with a password. */
  readonly indexUrl: string;

  /** Secret with the server's password, if it has one: JSON with `password` and perhaps `username`, or the password alone. */
  readonly secret?: secretsmanager.ISecret;

  /** Environment variables by which the client finds the server: `LIVE_INDEX_URL` and `LIVE_INDEX_SECRET`. */
  readonly environment: { [name: string]: string };

  /**
   * Lets a grantee connect: it may read the secret, and the server's security groups let it in where it has security groups itself, as a
   * function in a VPC has. Of an ECS service grant the task's role, and call `allowConnectionsFrom(service)`.
   *
   * @param grantee who connects
   */
  grantConnect(grantee: iam.IGrantable): iam.Grant;

  /**
   * Lets the server's security groups let a client in, and the client's own let it out where they do not already: for what has its role
   * and its security groups apart, such as an ECS service. The client may be in another stack, which then depends on this one.
   *
   * @param client who connects
   */
  allowConnectionsFrom(client: ec2.IConnectable): void;
}
