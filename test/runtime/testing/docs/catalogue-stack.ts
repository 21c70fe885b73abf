import { Stack, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { MemoCache, MemoFlush } from 'cdk-cache-tiers';
import type { Construct } from 'constructs';

export class CatalogueStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    const cache = new MemoCache(this, 'Cache');
    const api = new lambda.Function(this, 'Api', {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline('exports.handler = async () => {};'),
    });
    cache.bind(api);
    new MemoFlush(this, 'Flush', { cache, trigger: 'schema-1' });

    const support = new iam.Role(this, 'Support', { assumedBy: new iam.AccountRootPrincipal() });
    cache.grantFlush(support);
  }
}
