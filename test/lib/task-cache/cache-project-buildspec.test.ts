import { App, CfnParameter, Lazy, Stack } from 'aws-cdk-lib';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { TaskCache } from '../../../lib';
import { messageOf, newStack } from '../stacks';
import { granted, newCache } from './caches';
import { newProject, OUTPUT, PULL, PUSH, rendered, variablesOf } from './projects';

describe('a buildspec with values of CloudFormation', () => {
  test('keeps them where they are', () => {
    const stack = newStack();
    const bucket = new s3.Bucket(stack, 'Artifacts');
    const count = new CfnParameter(stack, 'Count', { type: 'Number' });
    const project = newProject(stack, codebuild.BuildSpec.fromObject({
      version: '0.2',
      env: {
        variables: { BUCKET: bucket.bucketName, COUNT: count.valueAsNumber, NESTED: stack.toJsonString({ arn: bucket.bucketArn, quote: '"' }) },
      },
      phases: { build: { commands: [`aws s3 sync output "s3://${bucket.bucketName}/${stack.region}"`, 'last'] } },
    }));
    newCache({}, stack).cacheProject(project, OUTPUT);
    const spec = rendered(stack).Source.BuildSpec as { 'Fn::Join': [string, unknown[]] };
    // As CloudFormation does: each value in its place, after which it is JSON again.
    const text = spec['Fn::Join'][1].map((piece) => {
      if (typeof piece === 'string') return piece;
      const { Ref: name } = piece as { Ref?: string };
      return name === 'Count' ? '7' : name === 'AWS::Region' ? 'eu-west-1' : name === undefined ? 'arn:b' : 'b';
    }).join('');
    expect(JSON.parse(text)).toEqual({
      version: '0.2',
      env: { variables: { BUCKET: 'b', COUNT: 7, NESTED: '{"arn":"arn:b","quote":"\\""}' } },
      phases: { pre_build: { commands: [PULL] }, build: { commands: ['aws s3 sync output "s3://b/eu-west-1"', 'last'], finally: [PUSH] } },
    });
  });

  test('may have them in paths, too', () => {
    const stack = newStack();
    const paths = [Lazy.string({ produce: () => 'late' })];
    newCache({}, stack).cacheProject(newProject(stack, codebuild.BuildSpec.fromObject({})), { paths });
    expect(rendered(stack).Source.BuildSpec).toContain('tasks push --path \'late\'');
  });
});

describe('a buildspec that is none of fromObject', () => {
  const told = (spec: string) => 'project "Stack/Project" has the buildspec '
    + `${JSON.stringify(spec)}, which cannot be changed here: use codebuild.BuildSpec.fromObject, or set ownCommands and put into it `
    + `phases.pre_build.commands: ${JSON.stringify([PULL])}, phases.build.finally: ${JSON.stringify([PUSH])} [Stack/Cache]`;

  test.each<[string, codebuild.BuildSpec | undefined, string]>([
    ['a file', codebuild.BuildSpec.fromSourceFilename('ci/build.yml'), 'ci/build.yml'],
    ['the file that CodeBuild looks for', undefined, 'buildspec.yml'],
  ])('fails on %s, and says what to put into it', (_, buildSpec, shown) => {
    const stack = newStack();
    expect(messageOf(() => newCache({}, stack).cacheProject(newProject(stack, buildSpec), OUTPUT))).toBe(told(shown));
  });

  test('fails on YAML', () => {
    const stack = newStack();
    const project = newProject(stack, codebuild.BuildSpec.fromObjectToYaml({ version: '0.2' }));
    expect(messageOf(() => newCache({}, stack).cacheProject(project, OUTPUT))).toBe(told('version: "0.2"\n'));
  });

  test('fails on YAML with values of CloudFormation once the app is synthesized', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    const project = newProject(stack, codebuild.BuildSpec.fromObjectToYaml({ env: { variables: { REGION: stack.region } } }));
    newCache({}, stack).cacheProject(project, OUTPUT);
    expect(messageOf(() => app.synth())).toContain('which cannot be changed here: use codebuild.BuildSpec.fromObject, or set ownCommands');
  });

  test('is left alone with ownCommands, and gets all else', () => {
    const stack = newStack();
    const project = newProject(stack, codebuild.BuildSpec.fromSourceFilename('ci/build.yml'));
    newCache({}, stack).cacheProject(project, { ...OUTPUT, ownCommands: true });
    expect(rendered(stack)).toMatchObject({ Source: { BuildSpec: 'ci/build.yml' }, SecondarySources: [{ SourceIdentifier: 'cache_tiers' }] });
    expect(variablesOf(stack)).toHaveProperty('TASK_CACHE_SCOPE', 'main');
    expect(granted(stack).map(({ Action }) => Action)).toContain('s3:PutObject');
    expect(TaskCache.projectCommands(project, OUTPUT)).toEqual({ pull: [PULL], push: [PUSH] });
    expect(TaskCache.projectCommands(project, { ...OUTPUT, push: false })).toEqual({ pull: [PULL], push: [] });
  });
});
