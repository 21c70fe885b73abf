import {
  GetPolicyCommand, GetPolicyVersionCommand, GetRolePolicyCommand, IAMClient, ListAttachedRolePoliciesCommand, ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import type { Identity } from '../kit/identity';

/** An action that a role's policy permits, on the resources of its statement. */
export interface Granted {
  readonly action: string;
  readonly resources: readonly string[];
}

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly NotAction?: unknown;
  readonly NotResource?: unknown;
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
}

const AWS_MANAGED = /^arn:aws:iam::aws:/;

export interface Grants {
  readonly granted: readonly Granted[];
  /** AWS's own policies, by ARN: what is in them is AWS's. */
  readonly managedByAws: readonly string[];
}

/** What the policies of a role permit, as they are deployed. */
export async function grantsOf(root: Identity, RoleName: string): Promise<Grants> {
  const iam = root.as(IAMClient);
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  const inline = PolicyNames.map(async (PolicyName) => (await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))).PolicyDocument!);
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  const arns = AttachedPolicies.map(({ PolicyArn }) => PolicyArn!);
  const attached = arns.filter((arn) => !AWS_MANAGED.test(arn)).map(async (PolicyArn) => {
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
    return (await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy!.DefaultVersionId }))).PolicyVersion!.Document!;
  });
  const documents = await Promise.all([...inline, ...attached]);
  return {
    granted: documents.flatMap((text) => [(JSON.parse(decodeURIComponent(text)) as { Statement: Statement | Statement[] }).Statement].flat())
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap((statement) => spread(statement, RoleName)),
    managedByAws: arns.filter((arn) => AWS_MANAGED.test(arn)),
  };
}

function spread({ Action = [], NotAction, Resource = [], NotResource }: Statement, role: string): Granted[] {
  if (NotAction !== undefined || NotResource !== undefined) {
    throw new Error(`a statement of ${role} permits all but some: what is used of that cannot be said, so name actions and resources`);
  }
  return [Action].flat().map((action) => ({ action, resources: [Resource].flat() }));
}
