// Construction and synthesis of one stack: a table for a function, by our construct or by the CDK's own.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answer, cpu, params } from '../harness/child.mjs';

const { subject, library } = params;
const require = createRequire(library);
const { App, RemovalPolicy, Stack } = require('aws-cdk-lib');
const dynamodb = require('aws-cdk-lib/aws-dynamodb');
const lambda = require('aws-cdk-lib/aws-lambda');
// Loaded by nearly every application, so not counted for either.
for (const part of ['iam', 'kms', 'logs', 's3', 'cloudwatch', 'ec2']) require(`aws-cdk-lib/aws-${part}`);

const CACHES = {
  ours(scope, id, fn) {
    const { MemoCache } = require(library);
    new MemoCache(scope, id).bind(fn);
  },
  'bare-l2'(scope, id, fn) {
    const table = new dynamodb.TableV2(scope, id, {
      partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'sk', type: dynamodb.AttributeType.STRING },
      timeToLiveAttribute: 'ttl',
      billing: dynamodb.Billing.onDemand(),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    table.grantReadWriteData(fn);
    fn.addEnvironment('CACHE_TABLE', table.tableName);
    fn.addEnvironment('CACHE_TABLE_REGION', Stack.of(table).region);
  },
};

await answer(async () => {
  const outdir = mkdtempSync(join(tmpdir(), 'cdk-cache-tiers-bench-'));
  process.once('exit', () => rmSync(outdir, { recursive: true, force: true }));
  const run = (name) => {
    const app = new App({ outdir: join(outdir, name), analyticsReporting: false });
    const stack = new Stack(app, 'Stack', { env: { account: '123456789012', region: 'eu-west-1' } });
    const fn = new lambda.Function(stack, 'Function', {
      runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler', code: lambda.Code.fromInline('exports.handler = async () => {};'),
    });
    CACHES[subject](stack, 'Cache', fn);
    app.synth();
  };
  const begun = cpu();
  run('first');
  const first = cpu() - begun;
  const again = cpu();
  for (let i = 0; i < 20; i++) run(`again-${i}`);
  rmSync(outdir, { recursive: true, force: true });
  return { firstMs: first / 1e6, warmMs: (cpu() - again) / 20e6 };
});
