import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { defaults, everything } from './constructs';
import { statefulOf } from './stateful';
import { ownResources, resourcesOf } from './templates';

/** Stateful resources of a stack, by logical id. */
function stateful(stack: Stack): [string, CfnResource][] {
  const ids = statefulOf(stack);
  return [...ownResources(stack)].filter(([id]) => id in ids);
}

describe.each([['defaults', defaults], ['everything', everything]])('%s', (_, define) => {
  test('each stateful resource is the default child of what defines it, or in a construct of its own', () => {
    const hidden = stateful(define(new App())).filter(([, resource]) => {
      const parent = resource.node.scope!;
      return parent.node.defaultChild !== resource && parent.node.children.length > 1;
    });
    expect(hidden.map(([id]) => id)).toEqual([]);
  });

  test('overrides of its properties, metadata and policies reach the template', () => {
    const stack = define(new App());
    for (const [, resource] of stateful(stack)) {
      resource.addPropertyOverride('Marked.Deep', 'override');
      resource.addPropertyDeletionOverride('Tags');
      resource.addMetadata('Reviewed', 'yes');
      resource.addOverride('DeletionPolicy', 'RetainExceptOnCreate');
    }
    const resources = resourcesOf(stack);
    for (const id of Object.keys(statefulOf(stack))) {
      expect(resources[id]).toMatchObject({
        Properties: { Marked: { Deep: 'override' } }, Metadata: { Reviewed: 'yes' }, DeletionPolicy: 'RetainExceptOnCreate',
      });
    }
  });

  test('it can have another logical id, and all references go there', () => {
    const stack = define(new App());
    const former = Object.keys(statefulOf(stack));
    stateful(stack).forEach(([, resource], index) => resource.overrideLogicalId(`Kept${index}`));
    const resources = resourcesOf(stack);
    expect(Object.keys(resources)).toEqual(expect.arrayContaining(former.map((__, index) => `Kept${index}`)));
    const text = JSON.stringify(Object.values(resources).map(({ Properties }) => Properties));
    expect(former.filter((id) => text.includes(`"${id}"`))).toEqual([]);
  });
});
