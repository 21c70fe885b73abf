import { Annotations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { ITaskScope } from './itask-scope';
import { nameOf, recordOf, whoIs } from './principals';
import { show } from '../private/errors';

/** Who is in a scope. */
interface People {
  /** By `whoIs`, with what messages call them. */
  readonly readers: Map<string, string>;
  /** Those of pull requests. */
  readonly strangers: Set<string>;
  /** One of these that may push. */
  pusher?: string;
}

const PEOPLE = Symbol.for('cdk-cache-tiers.TaskCache.people');

/** Is told of everybody who may read a scope, which those are who may write as well. */
export function recordReader(scope: ITaskScope, { grantPrincipal }: iam.IGrantable): void {
  const people = peopleOf(scope);
  people.readers.set(whoIs(grantPrincipal), nameOf(grantPrincipal));
  warn(scope, people);
}

/** Is told who runs what pull requests bring, before that one is granted anything. */
export function recordPullRequests(scope: ITaskScope, { grantPrincipal }: iam.IGrantable, push: boolean): void {
  const people = peopleOf(scope);
  people.strangers.add(whoIs(grantPrincipal));
  if (push) people.pusher ??= nameOf(grantPrincipal);
  warn(scope, people);
}

/** One name is one scope, however many constructs there are of it. */
function peopleOf({ cache, scopeName }: ITaskScope): People {
  const scopes = recordOf(cache, PEOPLE, () => new Map<string, People>());
  if (!scopes.has(scopeName)) scopes.set(scopeName, { readers: new Map(), strangers: new Set() });
  return scopes.get(scopeName)!;
}

/** Each of them once: the CDK leaves out what it has been told. */
function warn(scope: ITaskScope, { readers, strangers, pusher }: People): void {
  if (pusher === undefined) return;
  for (const [who, name] of readers) {
    if (strangers.has(who)) continue;
    Annotations.of(scope.cache).addWarningV2('@cdk-cache-tiers/tasks:sharedWithPullRequests',
      `${name} reads the scope ${show(scope.scopeName)}, to which ${pusher} pushes what pull requests make: `
      + 'whoever opens one can change what is read. Give pull requests a scope of their own');
  }
}
