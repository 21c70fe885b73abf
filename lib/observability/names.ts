import { Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { show, validationError } from '../private/errors';

/** So that an alarm's description, of which it is a part, has no more characters than CloudWatch takes. */
const LONGEST = 255;

/** Names are what rows and alarms are told apart by, so each is there once. */
export function takeName(scope: Construct, names: Set<string>, name: string): void {
  if (Token.isUnresolved(name)) throw validationError(scope, `the name of a tier is ${show(name)}, known only at deployment: give another`);
  if (name.trim() === '' || /\p{Cc}/u.test(name)) throw validationError(scope, `the name of a tier is ${show(name)}: give one with characters that can be seen`);
  if (name.length > LONGEST) {
    throw validationError(scope, `the name of a tier is ${show(name)}, ${name.length} characters: give one of at most ${LONGEST}`);
  }
  if (names.has(name)) throw validationError(scope, `tiers has ${show(name)} twice: leave one out, or give one of them another name`);
  names.add(name);
}

/** Tiers can be added until synthesis; one that is empty then has been forgotten. */
export function checkNotEmpty(scope: Construct, count: () => number): void {
  scope.node.addValidation({ validate: () => count() > 0 ? [] : ['tiers is empty: give at least one, or add it by addTier'] });
}
