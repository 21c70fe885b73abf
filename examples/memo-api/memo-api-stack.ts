import * as path from 'node:path';
import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { MemoCache, MemoFlush } from 'cdk-cache-tiers';

export interface MemoApiStackProps extends StackProps {
  /**
   * Change it when values that were cached before a deployment must not be seen after it.
   *
   * @default '1'
   */
  readonly schema?: string;

  /**
   * Time that the catalogue takes.
   *
   * @default Duration.millis(800)
   */
  readonly catalogueDelay?: Duration;

  /**
   * How long a request waits for the table.
   *
   * @default Duration.millis(50)
   */
  readonly tableBudget?: Duration;
}

/** `GET /products/{id}`, answered by a function that remembers what a slow catalogue said. */
export class MemoApiStack extends Stack {
  constructor(scope: Construct, id: string, props: MemoApiStackProps = {}) {
    super(scope, id, props);

    // Pictures do not fit the table's items: they go to a bucket.
    const cache = new MemoCache(this, 'Cache', { overflow: true });

    const getProduct = new NodejsFunction(this, 'GetProduct', {
      entry: path.join(__dirname, 'get-product.ts'),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 256,
      timeout: Duration.seconds(10),
      environment: {
        CATALOGUE_DELAY: String((props.catalogueDelay ?? Duration.millis(800)).toMilliseconds()),
        TABLE_BUDGET: String((props.tableBudget ?? Duration.millis(50)).toMilliseconds()),
      },
      // keepNames: a memoized function's name is part of the key, and minifiers shorten it.
      bundling: { minify: true, keepNames: true, format: OutputFormat.ESM, mainFields: ['module', 'main'] },
      logGroup: new LogGroup(this, 'GetProductLogs', { retention: RetentionDays.ONE_WEEK }),
    });
    cache.bind(getProduct);

    const flush = new MemoFlush(this, 'Flush', { cache, trigger: props.schema ?? '1', logRetention: RetentionDays.ONE_WEEK });
    flush.node.addDependency(getProduct); // the new code comes first

    // For people and pipelines: may make cached values invisible, and can neither read nor write one.
    const flusher = new Role(this, 'Flusher', { assumedBy: new AccountRootPrincipal() });
    cache.grantFlush(flusher);

    const api = new HttpApi(this, 'Api');
    const integration = new HttpLambdaIntegration('Products', getProduct);
    for (const route of ['/products/{id}', '/products/{id}/picture']) api.addRoutes({ path: route, methods: [HttpMethod.GET], integration });

    new CfnOutput(this, 'Url', { value: api.apiEndpoint });
    new CfnOutput(this, 'TableName', { value: cache.table.tableName });
    new CfnOutput(this, 'FlusherRoleArn', { value: flusher.roleArn });
  }
}
