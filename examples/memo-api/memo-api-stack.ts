import * as path from 'node:path';
import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { MemoCache, MemoFlush } from 'cdk-cache-tiers';

/** Change it when values that were cached before a deployment must not be seen after it. */
const SCHEMA = '1';

/** `GET /products/{id}`, answered by a function that remembers what a slow catalogue said. */
export class MemoApiStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    const cache = new MemoCache(this, 'Cache');

    const getProduct = new NodejsFunction(this, 'GetProduct', {
      entry: path.join(__dirname, 'get-product.ts'),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 256,
      timeout: Duration.seconds(10),
      // keepNames: a memoized function's name is part of the key, and minifiers shorten it.
      bundling: { minify: true, keepNames: true, format: OutputFormat.ESM, mainFields: ['module', 'main'] },
      logGroup: new LogGroup(this, 'GetProductLogs', { retention: RetentionDays.ONE_WEEK }),
    });
    cache.bind(getProduct);

    const flush = new MemoFlush(this, 'Flush', { cache, trigger: SCHEMA, logRetention: RetentionDays.ONE_WEEK });
    flush.node.addDependency(getProduct); // the new code comes first

    const api = new HttpApi(this, 'Api');
    api.addRoutes({ path: '/products/{id}', methods: [HttpMethod.GET], integration: new HttpLambdaIntegration('Products', getProduct) });

    new CfnOutput(this, 'Url', { value: api.apiEndpoint });
    new CfnOutput(this, 'TableName', { value: cache.table.tableName });
  }
}
