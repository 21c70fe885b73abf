import { CfnResource, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Construct, IConstruct } from 'constructs';
import * as lib from '../../../lib';

export interface Rendered {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** Resources of a stack by logical id, as they are synthesized. */
export const resourcesOf = (stack: Stack) => (Template.fromStack(stack).toJSON() as { Resources: Record<string, Rendered> }).Resources;

/** Classes of constructs that the package exports, by name; those that nobody can make are left out. */
export const CONSTRUCTS = new Map(Object.entries<unknown>({ ...lib }).filter((entry): entry is [string, typeof Construct] => {
  const [, value] = entry;
  return typeof value === 'function' && value.prototype instanceof Construct;
}));

/** Constructs of the package in a tree that are not parts of others of it. */
export function ours(scope: IConstruct): IConstruct[] {
  if ([...CONSTRUCTS.values()].some((type) => scope instanceof type)) return [scope];
  return scope.node.children.flatMap(ours);
}

/** All resources that constructs of the package define in a stack, with their logical ids. Nothing of the user's, nothing of the CDK's own. */
export function ownResources(stack: Stack): Map<string, CfnResource> {
  const found = ours(stack).flatMap((construct) => construct.node.findAll()).filter((child) => CfnResource.isCfnResource(child));
  return new Map(found.map((resource) => [stack.resolve(resource.logicalId) as string, resource]));
}
