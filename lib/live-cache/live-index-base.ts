import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { connect } from './connect';
import { ILiveIndex } from './ilive-index';
import { grantReadingSecret } from './secret-grants';
import { LIVE_ENVIRONMENT } from '../contract/live';
import { show, validationError } from '../private/errors';

/**
 * What indexes of all kinds have in common.
 *
 * @internal
 */
export abstract class LiveIndexBase extends Construct implements ILiveIndex {
  public abstract readonly indexUrl: string;
  public abstract readonly secret?: secretsmanager.ISecret;
  public abstract readonly connections: ec2.Connections;

  public get environment(): { [name: string]: string } {
    return {
      [LIVE_ENVIRONMENT.indexUrl]: this.indexUrl,
      ...(this.secret && { [LIVE_ENVIRONMENT.indexSecret]: this.secret.secretArn }),
    };
  }

  public grantConnect(grantee: iam.IGrantable): iam.Grant {
    if (this.connections.securityGroups.length > 0) this.letIn(grantee);
    return this.secret ? grantReadingSecret(this.secret, grantee) : iam.Grant.drop(grantee, 'an index without a password');
  }

  public allowConnectionsFrom(client: ec2.IConnectable): void {
    connect(client, this, this.connections.defaultPort!);
  }

  private letIn(grantee: iam.IGrantable): void {
    if (isFunction(grantee) && !grantee.isBoundToVpc) {
      // Of an imported function it is not known; of one's own it is, and all its queries would go past the cache.
      if (!(grantee instanceof lambda.Function)) return;
      throw validationError(this, `grantee ${show(grantee.node.path)} is in no VPC, and the index is reached inside of one: give the function vpc`);
    }
    if (isConnectable(grantee)) this.allowConnectionsFrom(grantee);
  }
}

function isConnectable(grantee: object): grantee is ec2.IConnectable {
  return 'connections' in grantee;
}

/** By what only functions have. Their `connections` cannot be asked for outside of a VPC. */
function isFunction(grantee: iam.IGrantable): grantee is lambda.IFunction {
  return 'isBoundToVpc' in grantee;
}
