import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { checkPattern } from '../private/validation';

const PATH = /^\/$|^(\/[\w.-]+)+$/;
const PARAMETER_NAME = /^(\/?[\w.-]+|(\/[\w.-]+)+)$/;

/** A path such as `/app`: a namespace, or a prefix within one. */
export function checkPath(scope: IConstruct, name: string, path: string): void {
  checkPattern(scope, name, path, PATH, 'a path that begins with a slash and does not end with one, such as "/app"');
}

export function checkParameterName(scope: IConstruct, name: string, value: string): void {
  checkPattern(scope, name, value, PARAMETER_NAME, 'the name of a parameter, such as "/app/db/url"');
}

/** Whether a path is another or lies below it. `/app` has `/app/db` and not `/apple`. */
export function isWithin(path: string, parent: string): boolean {
  return parent === '/' || path === parent || path.startsWith(`${parent}/`);
}

/** Where parameters are, if not in the scope's own account and Region. */
export interface ParameterEnvironment {
  readonly account?: string;
  readonly region?: string;
}

/** ARN of a parameter. A name's first slash is left out; a token is taken to begin with one. */
export function parameterArn(scope: IConstruct, name: string, { account, region }: ParameterEnvironment = {}): string {
  const slash = name.startsWith('/') || Token.isUnresolved(name);
  return Stack.of(scope).formatArn({
    service: 'ssm', resource: slash ? `parameter${name}` : `parameter/${name}`, arnFormat: ArnFormat.NO_RESOURCE_NAME, account, region,
  });
}

/** ARNs of all parameters of a path: what has its name and what lies below, not what only begins alike. */
export function pathArns(scope: IConstruct, path: string): string[] {
  return path === '/' ? [parameterArn(scope, '/*')] : [parameterArn(scope, path), parameterArn(scope, `${path}/*`)];
}

/** ARNs of all parameters of several paths, none named twice. */
export function pathsArns(scope: IConstruct, paths: readonly string[]): string[] {
  const outermost = paths.filter((path) => !paths.some((other) => other !== path && isWithin(path, other)));
  return outermost.flatMap((path) => pathArns(scope, path));
}

/** The same for a condition on DynamoDB's leading keys. */
export function pathKeys(path: string): string[] {
  return path === '/' ? ['/*'] : [path, `${path}/*`];
}
