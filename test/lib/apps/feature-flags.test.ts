import { App, Stack } from 'aws-cdk-lib';
import { defaults, everything } from './constructs';
import { CONTEXTS } from './contexts';
import { statefulOf } from './stateful';
import { ownResources, resourcesOf } from './templates';
import { HERE } from '../stacks';

interface Flagged {
  readonly stateful: Record<string, string>[];
  readonly types: string[];
  readonly templates: unknown[];
}

function synthesize(context: Record<string, unknown>): Flagged {
  const app = new App({ context });
  const stacks: Stack[] = [defaults(app), everything(app, 'Everything', { env: HERE })];
  return {
    stateful: stacks.map(statefulOf),
    types: [...new Set(stacks.flatMap((stack) => [...ownResources(stack).values()].map(({ cfnResourceType }) => cfnResourceType)))].sort(),
    templates: stacks.map(resourcesOf),
  };
}

const without = synthesize({});

test('the flags of an old app are fewer than those of a new one', () => {
  const counts = [...CONTEXTS.values()].map((context) => Object.keys(context).length);
  expect(counts).toEqual([...new Set(counts)].sort((a, b) => a - b));
});

describe.each([...CONTEXTS])('with %s', (_, context) => {
  const flagged = synthesize(context);

  test('what is stateful is what it is without any', () => {
    expect(flagged.stateful).toEqual(without.stateful);
  });

  test('there are the same types of resources', () => {
    expect(flagged.types).toEqual(without.types);
  });

  test('two syntheses are the same', () => {
    expect(synthesize(context).templates).toEqual(flagged.templates);
  });
});
