import { Stack, Token } from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';
import { checkPath, isWithin, parameterArnIn } from './parameter-paths';
import { show, validationError } from '../private/errors';
import { checkEach } from '../private/validation';

/** The namespace of all parameters. */
export const ROOT = '/';

/** Parameter Store's own limits: levels of a hierarchy, and characters of a name with its ARN. */
const MAX_LEVELS = 15;
const MAX_LENGTH = 1011;

/** All environment variables of a function have 4 KB, and so has the footprint's parameter. */
const MAX_JSON_LENGTH = 3000;

export function checkNamespaces(scope: Construct, namespaces: string[]): void {
  if (namespaces.length === 0) throw validationError(scope, 'namespaces is []: name at least one, or "/" for all parameters');
  checkEach(scope, 'namespaces', namespaces, (name, value) => {
    checkPath(scope, name, value);
    if (Token.isUnresolved(value)) return;
    if (value.length > MAX_LENGTH || value.split('/').length - 1 > MAX_LEVELS) {
      throw validationError(scope, `${name} is ${show(value)}: use at most ${MAX_LEVELS} levels and ${MAX_LENGTH} characters`);
    }
  });
  const length = namespaces.some((value) => Token.isUnresolved(value)) ? 0 : JSON.stringify(namespaces).length;
  if (length > MAX_JSON_LENGTH) {
    throw validationError(scope, `namespaces have ${length} characters as JSON: use at most ${MAX_JSON_LENGTH}, by naming what they have in common`);
  }
}

/** Namespaces as the handlers read them. */
export function namespacesJson(scope: Construct, namespaces: string[]): string {
  return Stack.of(scope).toJsonString(namespaces);
}

/** ARNs of the parameters in namespaces: of each the parameter of that name itself, and what is below. None is named twice. */
export function parameterArns(scope: IConstruct, namespaces: readonly string[]): string[] {
  // A list that is a token has its values only at deployment, and cannot be taken apart before.
  if (Token.isUnresolved(namespaces) || namespaces.includes(ROOT)) return [parameterArn(scope, '/*')];
  const outermost = namespaces.filter((path) => !namespaces.some((other) => other !== path && isWithin(path, other)));
  return outermost.flatMap((path) => [parameterArn(scope, path), parameterArn(scope, `${path}/*`)]);
}

/** ARN of a parameter in the stack's account and Region; the name's first slash, if it has one, is the one after "parameter". */
export function parameterArn(scope: IConstruct, name: string): string {
  return parameterArnIn(scope, Token.isUnresolved(name) || name.startsWith('/') ? name : `/${name}`, {});
}
