import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, LegacyStackSynthesizer, NestedStack, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ecrAssets from 'aws-cdk-lib/aws-ecr-assets';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { format, plugins } from 'pretty-format';
import { assetHashSerializer } from '../../../runtime/testing/index';
import configured, * as plugin from '../../../runtime/testing/serializer/index';

expect.addSnapshotSerializer(assetHashSerializer);

const CHECKSUM = 'c'.repeat(64);
let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'serializer-')); });
afterEach(() => rmSync(folder, { recursive: true }));

const print = (value: unknown) => format(value, { plugins: [assetHashSerializer], escapeString: false, printBasicPrototype: false });
const hashes = (text: string) => text.match(/[0-9a-f]{64}/g) ?? [];

/** The same stack around other code each time. */
function templateOf(code: string, define: (stack: Stack, folder: string) => void, options: { app?: App; props?: StackProps } = {}): object {
  writeFileSync(join(folder, 'index.js'), code);
  writeFileSync(join(folder, 'Dockerfile'), `FROM scratch\nLABEL code="${code}"`);
  const app = options.app ?? new App({ context: { 'aws:cdk:enable-asset-metadata': true } });
  const stack = new Stack(app, 'Stack', options.props);
  define(stack, folder);
  return Template.fromStack(stack).toJSON();
}

function printsAlike(define: (stack: Stack, folder: string) => void, options: { app?: () => App; props?: () => StackProps } = {}): string {
  const [before, after] = ['1', '2'].map((code) =>
    templateOf(`exports.handler = () => ${code};`, define, { app: options.app?.(), props: options.props?.() }));
  expect(JSON.stringify(before)).not.toBe(JSON.stringify(after));
  expect(print(after)).toBe(print(before));
  return print(after);
}

function defineFunction(stack: Stack, path: string, environment?: Record<string, string>): lambda.Function {
  const code = lambda.Code.fromAsset(path);
  return new lambda.Function(stack, 'Function', { runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler', code, environment });
}

test('masks the code of a function', () => {
  expect(templateOf('exports.handler = () => 1;', (stack, path) => void defineFunction(stack, path, { CHECKSUM }))).toMatchSnapshot();
});

test('a function with another checksum in its environment is another function', () => {
  const [one, two] = ['a', 'b'].map((digit) => digit.repeat(64))
    .map((checksum) => print(templateOf('1', (stack, path) => void defineFunction(stack, path, { CHECKSUM: checksum }))));
  expect(one).not.toBe(two);
  expect(hashes(one)).toEqual(['a'.repeat(64)]);
});

test('leaves a template without assets alone', () => {
  const template = templateOf('1', (stack) => {
    const code = lambda.Code.fromInline('exports.handler = () => 1;');
    new lambda.Function(stack, 'Inline', { runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler', code, environment: { CHECKSUM } });
  });
  expect(assetHashSerializer.test(template)).toBe(false);
});

test('masks layers, bucket deployments, custom resources and nested stacks', () => {
  const printed = printsAlike((stack, path) => {
    new lambda.LayerVersion(stack, 'Layer', { code: lambda.Code.fromAsset(path) });
    const destinationBucket = new s3.Bucket(stack, 'Bucket', { autoDeleteObjects: true, removalPolicy: RemovalPolicy.DESTROY });
    new BucketDeployment(stack, 'Deployment', { sources: [Source.asset(path), Source.data('a.txt', 'a')], destinationBucket });
    const nested = new NestedStack(stack, 'Nested');
    defineFunction(nested, path);
  });
  expect(hashes(printed)).toEqual([]);
  expect(printed).toContain('"S3Key": "<asset-hash>.zip"');
  expect(printed).toContain('"/<asset-hash>.json"');
  expect(printed).toMatch(/"SourceObjectKeys": \[\s*"<asset-hash>.zip",\s*"<asset-hash>.zip",/);
  expect(printed).toMatch(/"aws:asset:path": "asset.<asset-hash>"/);
});

test('masks URLs of assets and, elsewhere in the template, their keys', () => {
  const printed = printsAlike((stack, path) => {
    const asset = new Asset(stack, 'Asset', { path: join(path, 'index.js') });
    for (const [index, stringValue] of [asset.httpUrl, asset.s3ObjectUrl, asset.s3ObjectKey, asset.assetHash, CHECKSUM].entries()) {
      new ssm.StringParameter(stack, `Parameter${index}`, { stringValue });
    }
  });
  expect(hashes(printed)).toEqual([CHECKSUM]);
});

test('masks the tags of images, not digests', () => {
  const digest = `123456789012.dkr.ecr.eu-west-3.amazonaws.com/app@sha256:${CHECKSUM}`;
  const printed = printsAlike((stack, path) => {
    new lambda.DockerImageFunction(stack, 'Image', { code: lambda.DockerImageCode.fromImageAsset(path) });
    const image = new ecrAssets.DockerImageAsset(stack, 'Other', { directory: path });
    new ssm.StringParameter(stack, 'Uri', { stringValue: image.imageUri });
    new ssm.StringParameter(stack, 'Digest', { stringValue: digest });
  });
  expect(hashes(printed)).toEqual([CHECKSUM]);
  expect(printed).toContain(digest);
});

test('masks the ids of versions that follow an asset, and keeps the others', () => {
  const printed = printsAlike((stack, path) => {
    const version = defineFunction(stack, path).currentVersion;
    stack.exportValue(version.functionArn);
    new lambda.Alias(stack, 'Alias', { aliasName: 'live', version });
    const code = lambda.Code.fromInline('exports.handler = () => 1;');
    void new lambda.Function(stack, 'Inline', { runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler', code }).currentVersion.version;
  });
  expect(printed).toMatch(/"FunctionCurrentVersion[0-9A-F]{8}<asset-hash>": {/);
  expect(printed).toMatch(/"InlineCurrentVersion[0-9A-F]{8}[0-9a-f]{32}": {/);
});

test('masks the parameters of the legacy synthesizer and keeps them apart', () => {
  const printed = printsAlike((stack, path) => {
    defineFunction(stack, path);
    new Asset(stack, 'Other', { path: join(path, 'Dockerfile') });
  }, { props: () => ({ synthesizer: new LegacyStackSynthesizer() }) });
  expect(hashes(printed)).toEqual([]);
  for (const number of [1, 2]) expect(printed).toContain(`"AssetParameters<asset-hash>${number}S3Bucket": {`);
});

test('works on a stack with account and region, with asset metadata off', () => {
  const printed = printsAlike((stack, path) => {
    defineFunction(stack, path);
    new ssm.StringParameter(stack, 'Url', { stringValue: new Asset(stack, 'Asset', { path }).httpUrl });
  }, {
    app: () => new App({ context: { 'aws:cdk:enable-asset-metadata': false } }),
    props: () => ({ env: { account: '123456789012', region: 'eu-west-3' } }),
  });
  expect(hashes(printed)).toEqual([]);
});

test('works on parts of a template', () => {
  const template = Template.fromJSON(templateOf('1', (stack, path) => void defineFunction(stack, path)));
  const [found] = Object.values(template.findResources('AWS::Lambda::Function'));
  expect(found.Properties.Code).toMatchInlineSnapshot(`
{
  "S3Bucket": {
    "Fn::Sub": "cdk-hnb659fds-assets-\${AWS::AccountId}-\${AWS::Region}",
  },
  "S3Key": "<asset-hash>.zip",
}
`);
  expect(print(found.Properties.Code.S3Key)).toBe('"<asset-hash>.zip"');
  expect(template).toMatchSnapshot();
});

test.each<[string, unknown]>([
  ['a checksum', CHECKSUM],
  ['a file of its own naming', `${CHECKSUM}.tar.gz`],
  ['a digest', `sha256:${CHECKSUM}`],
  ['a key that is no object key', { ASSETS: { 'Fn::Sub': 'cdk-x-assets-1' }, SIGNING_KEY: CHECKSUM }],
  ['a key in a bucket of its own', { Bucket: 'builds', Key: `app/${CHECKSUM}.json` }],
  ['what looks like a hash only when joined', { 'Fn::Join': ['', ['cdk-a-assets-b/', 'a'.repeat(32), 'b'.repeat(32)]] }],
  ['longer digests', `asset.${'a'.repeat(128)}`],
  ['neither text nor template', [undefined, null, 1n, Symbol('s'), new Date(0), new Map([[CHECKSUM, CHECKSUM]]), () => `${CHECKSUM}.zip`]],
])('leaves %s alone', (_, value) => {
  expect(assetHashSerializer.test(value)).toBe(false);
});

test('does not run away on cyclic values, and keeps what it does not know', () => {
  class Other { readonly kept = true; }
  const cyclic: Record<string, unknown> = { S3Key: `${CHECKSUM}.zip`, other: new Other(), none: undefined };
  cyclic.self = [cyclic];
  expect(cyclic).toMatchInlineSnapshot(`
{
  "S3Key": "<asset-hash>.zip",
  "none": undefined,
  "other": Other {
    "kept": true,
  },
  "self": [
    [Circular],
  ],
}
`);
});

test('is a module for snapshotSerializers: the default export to vitest, the module itself to jest', () => {
  expect(configured).toBe(assetHashSerializer);
  for (const serializer of [configured, { test: plugin.test, serialize: plugin.serialize }]) {
    expect(format({ S3Key: `${CHECKSUM}.zip` }, { plugins: [plugins.ReactElement, serializer] })).toContain('<asset-hash>.zip');
  }
});
