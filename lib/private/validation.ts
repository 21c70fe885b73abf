import { Duration, RemovalPolicy, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { show, validationError } from './errors';

/** What may be absent, or known only at deployment, cannot be checked at synthesis. */
function known<T>(value: T | undefined): value is T {
  return value !== undefined && !Token.isUnresolved(value);
}

/** @param hint what to write instead, after "use" */
export function checkPattern(scope: IConstruct, name: string, value: string | undefined, pattern: RegExp, hint: string): void {
  if (known(value) && !pattern.test(value)) throw validationError(scope, `${name} is ${show(value)}: use ${hint}`);
}

export function checkInteger(scope: IConstruct, name: string, value: number | undefined, least: number, most = Number.MAX_SAFE_INTEGER): void {
  if (!known(value)) return;
  if (!Number.isInteger(value) || value < least || value > most) {
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw validationError(scope, `${name} is ${show(value)}: use a whole number ${range}`);
  }
}

export function checkSeconds(scope: IConstruct, name: string, value: Duration | undefined, least: number, most: number): void {
  if (value === undefined || value.isUnresolved()) return;
  checkInteger(scope, `${name} (in seconds)`, value.toSeconds({ integral: false }), least, most);
}

/** A century. Handlers refuse more. */
const MAX_DAYS = 36_500;

/** For what AWS counts in days: a duration of hours that make whole days is as good. */
export function checkWholeDays(scope: IConstruct, name: string, value: Duration | undefined): void {
  if (value === undefined || value.isUnresolved()) return;
  const days = value.toDays({ integral: false });
  if (!Number.isInteger(days) || days < 1) throw validationError(scope, `${name} is ${show(value)}: use whole days, at least one`);
  if (days > MAX_DAYS) throw validationError(scope, `${name} is ${show(value)}: use at most ${MAX_DAYS} days`);
}

/** A list that is a token has one element, the token's marker, so it is looked at only where it is not. */
export function checkEach(
  scope: IConstruct, name: string, values: readonly string[] | undefined, check: (name: string, value: string) => void,
): void {
  if (!known(values)) return;
  if (values.length === 0) throw validationError(scope, `${name} is []: name at least one, or leave it out`);
  values.forEach((value, index) => check(`${name}[${index}]`, value));
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (known(twice)) throw validationError(scope, `${name} has ${show(twice)} twice: name it once`);
}

/** Fails if any of `others` is given beside `name`. @param advice what to do, as a full clause */
export function checkAlone<T extends object>(
  scope: IConstruct, props: T, name: keyof T & string, others: readonly (keyof T & string)[], advice: string,
): void {
  if (props[name] === undefined) return;
  const given = others.filter((other) => props[other] !== undefined);
  if (given.length > 0) throw validationError(scope, `${given.join(', ')} cannot be given together with ${name}: ${advice}`);
}

/** What of a bucket's is emptied must be deleted as well. */
export interface Emptied {
  readonly autoDeleteObjects?: boolean;
  readonly removalPolicy?: RemovalPolicy;
}

/** @param without the policy where none is given */
export function checkAutoDelete(scope: IConstruct, { autoDeleteObjects, removalPolicy }: Emptied, without: RemovalPolicy): void {
  const policy = removalPolicy ?? without;
  if (!autoDeleteObjects || policy === RemovalPolicy.DESTROY) return;
  throw validationError(scope, `autoDeleteObjects is true, but removalPolicy is ${show(policy)}: use RemovalPolicy.DESTROY, or false`);
}
