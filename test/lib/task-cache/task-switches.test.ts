import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { TaskCacheProps, TaskKind, TaskPreset } from '../../../lib';
import { SERVICE_CATALOG_PUPPET_TASKS } from '../../../lib/contract/tasks';
import { TaskSwitches } from '../../../runtime/tasks/switches';
import { HERE, messageOf, newStack } from '../stacks';
import { newCache, switchesOf, templateOf } from './caches';

const PUPPET = TaskPreset.SERVICE_CATALOG_PUPPET;

function valueOf(props: TaskCacheProps): unknown {
  const [parameter] = Object.values(templateOf(props).findResources('AWS::SSM::Parameter')) as [{ Properties: { Type: string; Value: string } }];
  expect(parameter.Properties.Type).toBe('String');
  return JSON.parse(parameter.Properties.Value);
}

/** Texts of the warnings, without what the CDK adds. */
function warningsOf(props: TaskCacheProps): string[] {
  const stack = newStack();
  newCache(props, stack);
  return Annotations.fromStack(stack).findWarning('*', Match.anyValue()).map(({ entry }) => entry.data as string);
}

test.each<[string, TaskCacheProps, object]>([
  ['everything is on', {}, { enabled: true, default: true, tasks: {} }],
  ['enabled', { enabled: false }, { enabled: false, default: true, tasks: {} }],
  ['tasks', { tasks: { 'Delete*': false } }, { enabled: true, default: true, tasks: { 'Delete*': false } }],
  ['otherTasks', { otherTasks: false, tasks: { Read: true } }, { enabled: true, default: false, tasks: { Read: true } }],
])('%s', (_, props, value) => {
  expect(valueOf(props)).toEqual(value);
  expect(warningsOf(props)).toEqual([]);
});

test('the preset\'s tasks are on, all but the triggers, and no others', () => {
  const { tasks, ...rest } = valueOf({ preset: PUPPET }) as { tasks: Record<string, boolean> };
  expect(rest).toEqual({ enabled: true, default: false });
  expect(Object.keys(tasks)).toEqual(SERVICE_CATALOG_PUPPET_TASKS.map(({ family }) => family));
  expect(Object.keys(tasks)).toHaveLength(18);
  expect(Object.entries(tasks).filter(([, on]) => !on).map(([family]) => family)).toEqual(['RunDeployInSpokeTask', 'LaunchInSpokeTask']);
});

test('otherTasks are on beside a preset if one says so', () => {
  expect(valueOf({ preset: PUPPET, otherTasks: true })).toMatchObject({ default: true });
});

test('the preset warns of what has been withdrawn, and of triggers, by name', () => {
  const [triggers, withdrawn, ...none] = warningsOf({ preset: PUPPET });
  expect(triggers).toContain('which stay off: RunDeployInSpokeTask, LaunchInSpokeTask. ');
  expect(triggers).toContain('[ack: @cdk-cache-tiers/tasks:triggerTasks]');
  expect(withdrawn).toContain('undone outside of them: CreateLaunchRoleConstraintsForPortfolio, RequestPolicyTask, SharePortfolioTask, '
    + 'DisassociateProductFromPortfolio, DisassociateProductsFromPortfolio, DeleteLocalPortfolio, DeletePortfolioShare, DeletePortfolio, '
    + 'ProvisioningArtifactParametersTask, ResetProvisionedProductOwnerTask. ');
  expect(withdrawn).toContain('[ack: @cdk-cache-tiers/tasks:withdrawnTasks]');
  expect(none).toEqual([]);
});

test('what has been decided in tasks is not warned of', () => {
  const withdrawn = SERVICE_CATALOG_PUPPET_TASKS.filter((task) => task.withdrawn).map(({ family, kind }) => [family, kind === 'read']);
  expect(warningsOf({ preset: PUPPET, tasks: Object.fromEntries(withdrawn) as Record<string, boolean> })).toEqual([]);
});

test('a pattern goes before the preset, but turns no trigger on', () => {
  const preset = TaskPreset.of([
    { family: 'DeleteStack', kind: TaskKind.ENSURE, withdrawn: true },
    { family: 'DeleteNow', kind: TaskKind.TRIGGER },
    { family: 'DeleteRole', kind: TaskKind.ENSURE },
    { family: 'List', kind: TaskKind.READ },
  ]);
  const tasks = { 'Delete*': false, DeleteRole: true };
  const decided = { DeleteNow: false, List: true, ...tasks };
  expect(valueOf({ preset, tasks })).toEqual({ enabled: true, default: false, tasks: decided });
  const switches = new TaskSwitches(valueOf({ preset, tasks }) as object);
  expect(preset.tasks.filter(({ family }) => switches.allows(family)).map(({ family }) => family)).toEqual(['DeleteRole', 'List']);
  expect(new TaskSwitches(valueOf({ preset, tasks: { '*': true } }) as object).allows('DeleteNow')).toBe(false);
  expect(warningsOf({ preset, tasks })).toEqual([expect.stringContaining('which stay off: DeleteNow. ')]);
});

test('without what has been withdrawn there is nothing to warn of', () => {
  const preset = PUPPET.withoutWithdrawn();
  expect(preset.tasks).toHaveLength(6);
  expect(warningsOf({ preset })).toEqual([]);
  expect(Object.values((valueOf({ preset }) as { tasks: object }).tasks)).toEqual(Array(6).fill(true));
});

test('a preset of one\'s own', () => {
  const preset = TaskPreset.of([
    { family: 'List', kind: TaskKind.READ },
    { family: 'Deploy', kind: TaskKind.ENSURE, withdrawn: true },
    { family: 'Notify', kind: TaskKind.TRIGGER },
  ]);
  const tasks = { Deploy: false, Notify: false };
  expect(valueOf({ preset, tasks })).toEqual({ enabled: true, default: false, tasks: { List: true, ...tasks } });
  expect(warningsOf({ preset, tasks })).toEqual([]);
});

test('kinds are those of the contract', () => {
  expect([...new Set(SERVICE_CATALOG_PUPPET_TASKS.map(({ kind }) => kind))].sort()).toEqual(Object.values(TaskKind).sort());
});

test('fails on a preset of what are no names', () => {
  const preset = TaskPreset.of([{ family: 'Delete*', kind: TaskKind.TRIGGER }]);
  expect(messageOf(() => templateOf({ preset })))
    .toBe('preset is "Delete*": use names of families: letters, digits, _, . and - [Stack/Cache]');
});

test('a given parameter is used in place of a new one', () => {
  const stack = newStack({ env: HERE });
  const cache = newCache({ switches: switchesOf(stack) }, stack);
  Template.fromStack(stack).resourceCountIs('AWS::SSM::Parameter', 0);
  expect(cache.scope('main').environment.TASK_CACHE_SWITCHES).toBe('/own/switches');
});

test('the parameter is one of the standard tier', () => {
  const stack = newStack();
  expect((newCache({}, stack).switches?.node.defaultChild as ssm.CfnParameter).tier).toBeUndefined();
});
