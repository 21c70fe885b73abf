import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { assetHashSerializer } from 'cdk-cache-tiers/testing';
import { ReportsStage, type ReportsStageProps } from '../reports-stage';

expect.addSnapshotSerializer(assetHashSerializer);

/** Templates of the stage's stacks, by name. */
function templatesOf(props?: ReportsStageProps): Record<string, object> {
  const { stacks } = new ReportsStage(new App(), 'Reports', props).synth();
  return Object.fromEntries(stacks.map(({ stackName, template }) => [stackName, Template.fromJSON(template as object).toJSON()]));
}

test('the stacks are as they were when somebody last looked at them', () => {
  expect(templatesOf()).toMatchSnapshot();
}, 60_000);

test('two syntheses are the same', () => {
  expect(templatesOf()).toEqual(templatesOf());
}, 60_000);
