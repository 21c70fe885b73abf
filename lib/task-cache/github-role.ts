import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { GitHubRoleOptions } from './github-role-options';
import { gitHubSubjects } from './github-subjects';
import { recordPullRequests } from './pull-requests';
import { ITaskScope } from './itask-scope';
import { show } from '../private/errors';

/** Whose tokens they are, and for whom. */
const ISSUER = 'token.actions.githubusercontent.com';
const AUDIENCE = 'sts.amazonaws.com';

/** A role that workflows of a repository assume, and what it may do in a scope. */
export function defineGitHubRole(scope: Construct & ITaskScope, id: string, options: GitHubRoleOptions): iam.Role {
  const subjects = gitHubSubjects(scope, options);
  const push = options.push ?? true;
  if (options.pullRequests && push) refuseReaders(scope);
  const role = new iam.Role(scope, id, {
    description: `Workflows of ${options.repository} in the scope ${scope.scopeName} of a task cache`,
    assumedBy: new iam.OpenIdConnectPrincipal(options.provider, conditions(subjects)),
  });
  if (options.pullRequests) recordPullRequests(scope, role, push);
  if (push) scope.grantPush(role);
  else scope.grantPull(role);
  return role;
}

/** Two operators on one key would both have to hold: so a pattern takes the others along, which are none and match themselves alone. */
function conditions(subjects: string[]): { [operator: string]: unknown } {
  const audience = { [`${ISSUER}:aud`]: AUDIENCE };
  const subject = { [`${ISSUER}:sub`]: subjects };
  if (subjects.some((text) => text.includes('*'))) return { StringEquals: audience, StringLike: subject };
  return { StringEquals: { ...audience, ...subject } };
}

/** At the end of synthesis, when all scopes are known. */
function refuseReaders(scope: ITaskScope): void {
  scope.node.addValidation({
    validate: () => {
      const readers = scope.node.root.node.findAll().filter((other) => reads(other, scope)).map(({ node }) => node.path);
      if (readers.length === 0) return [];
      return [`pull requests may push to the scope ${show(scope.scopeName)}, which is read by ${show(readers)}: `
        + 'give them a scope that nobody else reads, or set push to false'];
    },
  });
}

/** One name of one cache is one scope, however many constructs there are of it. */
function reads(construct: object, { cache, scopeName }: ITaskScope): boolean {
  const scopes = 'reads' in construct && Array.isArray(construct.reads) ? construct.reads as readonly Partial<ITaskScope>[] : [];
  return scopes.some((scope) => scope.cache === cache && scope.scopeName === scopeName);
}
