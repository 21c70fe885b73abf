import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { assetHashSerializer, permissionsOf } from 'cdk-cache-tiers/testing';
import { context } from '../cdk.json';
import { PipelineStack } from '../pipeline-stack';
import { ReportsStage, type ReportsStageProps } from '../reports-stage';

expect.addSnapshotSerializer(assetHashSerializer);

interface Synthesized {
  readonly stage: ReportsStage;
  /** Of the stage's stacks, by name. */
  readonly templates: Readonly<Record<string, Template>>;
}

interface Options extends ReportsStageProps {
  /** Of cdk.json. */
  readonly context?: Readonly<Record<string, unknown>>;
  readonly define?: (stage: ReportsStage, app: App) => void;
}

function synthesize({ context: settings = context, define = () => {}, ...props }: Options = {}): Synthesized {
  const app = new App({ context: { ...settings, 'aws:cdk:bundling-stacks': [] } }); // of assets only the hash would be seen, and that is masked
  const stage = new ReportsStage(app, 'Reports', props);
  define(stage, app);
  const { stacks } = stage.synth();
  return { stage, templates: Object.fromEntries(stacks.map(({ stackName, template }) => [stackName, Template.fromJSON(template as object)])) };
}

const jsonOf = ({ templates }: Synthesized) => Object.fromEntries(Object.entries(templates).map(([name, template]) => [name, template.toJSON()]));

const first = synthesize();

test('the stacks are as they were when somebody last looked at them', () => {
  expect(jsonOf(first)).toMatchSnapshot();
});

test('a second synthesis, with a pipeline around the stage, gives the same: a pipeline goes on with what was deployed by hand', () => {
  let pipeline!: Template;
  const second = synthesize({
    define: (stage, app) => {
      const connectionArn = 'arn:aws:codeconnections:us-east-1:111111111111:connection/1';
      pipeline = Template.fromStack(new PipelineStack(app, 'ReportsPipeline', { stage, repository: 'example/reports', connectionArn }));
    },
  });
  expect(jsonOf(second)).toEqual(jsonOf(first));
  const [{ Properties: { Stages } }] = Object.values(pipeline.findResources('AWS::CodePipeline::Pipeline')) as [{
    Properties: { Stages: { Name: string; Actions: { Name: string }[] }[] };
  }];
  expect(Stages.map(({ Name }) => Name)).toEqual(['Source', 'Build', 'UpdatePipeline', 'Assets', 'Reports']);
  expect(Stages.at(-1)!.Actions.map(({ Name }) => Name).filter((name) => name.endsWith('Deploy')))
    .toEqual(expect.arrayContaining(['Network', 'Data', 'Service', 'Observability'].map((stack) => `${stack}.Deploy`)));
}, 120_000);

test('stacks refer to each other, in one direction', () => {
  const stacks = first.stage.node.children.filter((child) => Stack.isStack(child));
  expect(Object.fromEntries(stacks.map(({ node, dependencies }) => [node.id, dependencies.map((other) => other.node.id).sort()]))).toEqual({
    Network: [], Data: ['Network'], Service: ['Data', 'Network'], Observability: ['Data'],
  });
});

test('there is no warning, so it can be synthesized with --strict; the index is watched, too', () => {
  for (const stack of first.stage.node.children) if (Stack.isStack(stack)) Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  const alarms = Object.keys(first.templates['Reports-Observability'].findResources('AWS::CloudWatch::Alarm'));
  expect(alarms).toContainEqual(expect.stringContaining('IndexMemory'));
});

test('in an older app, whose cdk.json says nothing of references, they are exports and imports', () => {
  const [weak, strong] = [first, synthesize({ context: {} })].map((synthesized) => JSON.stringify(jsonOf(synthesized)));
  expect([weak.includes('"Fn::GetStackOutput"'), weak.includes('"Fn::ImportValue"')]).toEqual([true, false]);
  expect([strong.includes('"Fn::GetStackOutput"'), strong.includes('"Fn::ImportValue"')]).toEqual([false, true]);
}, 120_000);

test('the service may read and write the caches, and of the parameters only read its own', () => {
  const permissions = permissionsOf(first.templates['Reports-Service'].toJSON(), 'Api');
  const onParameters = permissions.filter((permission) => 'action' in permission && String(permission.action).startsWith('ssm:'));
  expect(onParameters.length).toBeGreaterThan(0);
  for (const permission of onParameters) {
    expect(permission).toMatchObject({ action: expect.stringMatching(/^ssm:Get/), resource: expect.stringMatching(/:parameter\/reports(\/\*)?$/) });
  }
});

test('with an index of one\'s own there is no other server', () => {
  const { templates } = synthesize({ indexUrl: 'redis://127.0.0.1:6379' });
  templates['Reports-Data'].resourceCountIs('AWS::ECS::Service', 0);
  templates['Reports-Service'].resourceCountIs('AWS::EC2::SecurityGroupEgress', 0);
}, 120_000);
