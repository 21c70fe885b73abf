import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import type { Template } from './cdk';
import type { Identity } from './kit/identity';

export interface DeployedResource {
  readonly logicalId: string;
  /** Construct path below the app, as `cdk deploy` shows it: `MemoApi/Cache/Table`. */
  readonly path: string;
  readonly type: string;
  readonly physicalId: string;
  readonly retained: boolean;
}

/** What is deployed: the templates' resources with their physical ids. */
export class DeployedStack {
  constructor(readonly templates: ReadonlyMap<string, Template>, readonly resources: readonly DeployedResource[]) {}

  /** The one resource of a type whose construct path begins so. */
  find(type: string, path = ''): DeployedResource {
    const found = this.ofType(type).filter((resource) => resource.path.startsWith(path));
    if (found.length !== 1) {
      const there = this.resources.map((resource) => `${resource.type} ${resource.path}`).join('\n');
      throw new Error(`${found.length} resources of type ${type} below ${JSON.stringify(path)}, expected one. There are:\n${there}`);
    }
    return found[0];
  }

  ofType(type: string): DeployedResource[] {
    return this.resources.filter((resource) => resource.type === type);
  }
}

export async function describe(root: Identity, templates: ReadonlyMap<string, Template>): Promise<DeployedStack> {
  const resources = await Promise.all([...templates].map(async ([StackName, template]) => {
    const { StackResources = [] } = await root.as(CloudFormationClient).send(new DescribeStackResourcesCommand({ StackName }));
    return StackResources.map(({ LogicalResourceId, ResourceType, PhysicalResourceId }): DeployedResource => {
      const definition = template.Resources[LogicalResourceId!];
      return {
        logicalId: LogicalResourceId!, type: ResourceType!, physicalId: PhysicalResourceId ?? '',
        path: pathOf(LogicalResourceId!, template, StackName),
        retained: definition?.DeletionPolicy?.startsWith('Retain') ?? false,
      };
    });
  }));
  return new DeployedStack(templates, resources.flat());
}

/** Construct path without what the CDK adds at its end. */
export function pathOf(logicalId: string, template: Template, stackName: string): string {
  return template.Resources[logicalId]?.Metadata?.['aws:cdk:path']?.replace(/(\/(Resource|Default))+$/, '') ?? `${stackName}/${logicalId}`;
}
