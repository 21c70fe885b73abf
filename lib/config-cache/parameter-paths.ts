import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { isConfigRuleName } from '../contract/config-template';
import { show, validationError } from '../private/errors';
import { checkPattern } from '../private/validation';

/** A path such as `/app`: a namespace, or a prefix within one. */
export function checkPath(scope: IConstruct, name: string, path: string): void {
  checkPattern(scope, name, path, /^(\/|(\/[\w.-]+)+)$/, 'a path such as "/app", without a slash at its end');
}

/** The name of a parameter that a rule reads or writes. */
export function checkRuleName(scope: IConstruct, name: string, value: string): void {
  if (Token.isUnresolved(value) || isConfigRuleName(value)) return;
  throw validationError(scope, `${name} is ${show(value)}: use a parameter's name that begins with a slash, such as "/app/db/url"`);
}

/** Whether a path is another or lies below it. `/app` has `/app/db` and not `/apple`. */
export function isWithin(path: string, parent: string): boolean {
  return parent === '/' || path === parent || path.startsWith(`${parent}/`);
}

/** A path that something is granted on: one of the namespaces, above one or in one. An empty list of namespaces is not known. */
export function checkPrefix(scope: IConstruct, prefix: string, namespaces: readonly string[]): void {
  checkPath(scope, 'prefix', prefix);
  if ([prefix, namespaces, ...namespaces].some((value) => Token.isUnresolved(value)) || namespaces.length === 0) return;
  if (namespaces.some((namespace) => isWithin(prefix, namespace) || isWithin(namespace, prefix))) return;
  throw validationError(scope, `prefix is ${show(prefix)}, namespaces are ${show(namespaces)}: name one of them, or a path in it`);
}

/** Values of DynamoDB's leading keys that are parameters of a path, for a condition. */
export function pathKeys(path: string): string[] {
  return path === '/' ? ['/*'] : [path, `${path}/*`];
}

/** Where a parameter is, if not in the scope's own account or Region. */
export interface ParameterEnvironment {
  readonly account?: string;
  readonly region?: string;
}

/** ARN of a parameter whose name begins with a slash, in any account and Region. */
export function parameterArnIn(scope: IConstruct, name: string, { account, region }: ParameterEnvironment): string {
  return Stack.of(scope).formatArn({ service: 'ssm', resource: `parameter${name}`, arnFormat: ArnFormat.NO_RESOURCE_NAME, account, region });
}

/** ARNs of all parameters of a path, in any account and Region. */
export function pathArns(scope: IConstruct, path: string, environment: ParameterEnvironment): string[] {
  return (path === '/' ? ['/*'] : [path, `${path}/*`]).map((name) => parameterArnIn(scope, name, environment));
}
