import * as iam from 'aws-cdk-lib/aws-iam';
import { show } from '../private/errors';

/** The same text for the same principal, however often it is imported. */
export function whoIs(principal: iam.IPrincipal): string {
  return JSON.stringify(principal.policyFragment.principalJson);
}

/** A principal as messages name it. */
export function nameOf(principal: iam.IPrincipal): string {
  return 'node' in principal ? show((principal as iam.IRole).node.path) : 'one principal';
}

/** What is remembered of a construct: on the construct itself, so that nothing outlives the app. */
export function recordOf<T>(construct: object, key: symbol, begin: () => T): T {
  const recorded = construct as { [key: symbol]: T | undefined };
  if (recorded[key] === undefined) Object.defineProperty(construct, key, { value: begin() });
  return recorded[key]!;
}
