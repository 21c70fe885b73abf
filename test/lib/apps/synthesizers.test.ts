import {
  App, BootstraplessSynthesizer, CliCredentialsStackSynthesizer, DefaultStackSynthesizer, IReusableStackSynthesizer, Stack,
} from 'aws-cdk-lib';
import { defaults, everything } from './constructs';
import { statefulOf } from './stateful';
import { resourcesOf } from './templates';
import { LiveIndex, MemoCache } from '../../../lib';
import { newVpc } from '../live-cache/live-index-stacks';
import { messageOf } from '../stacks';

/** Buckets that the code of a stack's functions comes from. */
function assetBuckets(stack: Stack): string[] {
  const codes = Object.values(resourcesOf(stack))
    .flatMap(({ Properties }) => (Properties?.Code as { S3Bucket?: unknown } | undefined)?.S3Bucket ?? []);
  return [...new Set(codes.map((bucket) => JSON.stringify(bucket)))];
}

describe.each<[string, typeof defaults]>([['defaults', defaults], ['everything', everything]])('%s', (_, define) => {
  const usual = statefulOf(define(new App()));

  test.each<[string, (app: App) => Stack]>([
    ['a qualifier of the synthesizer', (app) => define(app, 'S', { synthesizer: new DefaultStackSynthesizer({ qualifier: 'own' }) })],
    ['a qualifier in the context', (app) => {
      app.node.setContext('@aws-cdk/core:bootstrapQualifier', 'own');
      return define(app, 'S');
    }],
    ['the credentials of the command line', (app) => define(app, 'S', { synthesizer: new CliCredentialsStackSynthesizer({ qualifier: 'own' }) })],
    ['an app\'s default synthesizer', () => define(appWith(new DefaultStackSynthesizer({ qualifier: 'own' })), 'S')],
  ])('with %s code comes from the bucket of that bootstrap', (__, synthesize) => {
    const stack = synthesize(new App());
    expect(assetBuckets(stack)).toEqual([expect.stringContaining('cdk-own-assets-')]);
    expect(statefulOf(stack)).toEqual(usual);
  });

  test('without a bootstrap it fails clearly, for handlers are assets', () => {
    expect(messageOf(() => define(new App(), 'S', { synthesizer: new BootstraplessSynthesizer() })))
      .toContain('Cannot add assets to a Stack that uses the BootstraplessSynthesizer');
  });
});

const appWith = (defaultStackSynthesizer: IReusableStackSynthesizer) => new App({ defaultStackSynthesizer });

test('without a bootstrap there can be what has no handler: a memo cache, an index', () => {
  const app = new App({ defaultStackSynthesizer: new BootstraplessSynthesizer() });
  const stack = new Stack(app, 'Stack');
  new MemoCache(stack, 'Memo', { overflow: true, overflowAutoDeleteObjects: false });
  const vpc = newVpc(stack);
  LiveIndex.dragonfly(stack, 'Dragonfly', { vpc });
  LiveIndex.valkey(stack, 'Valkey', { vpc });
  expect(Object.values(resourcesOf(stack)).map(({ Type }) => Type)).toContain('AWS::DynamoDB::GlobalTable');
});
