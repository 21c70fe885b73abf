import { Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { IParameterChanges } from './iparameter-changes';
import { ParameterConsumerOptions } from './parameter-consumer-options';
import { show, validationError } from '../private/errors';
import { checkAlone, checkInteger, checkSeconds } from '../private/validation';

/** From here on Lambda must be given time to gather a batch. */
const SMALL_BATCH = 10;

export function checkParameterConsumerOptions(scope: Construct, options: ParameterConsumerOptions): void {
  const { batchSize, maxBatchingWindow: window } = options;
  checkInteger(scope, 'batchSize', batchSize, 1, 10_000);
  checkSeconds(scope, 'maxBatchingWindow', window, 0, 300);
  const gathers = window !== undefined && (window.isUnresolved() || window.toSeconds({ integral: false }) >= 1);
  if (batchSize !== undefined && batchSize > SMALL_BATCH && !gathers) {
    throw validationError(scope, `batchSize is ${batchSize} without time to gather: give a maxBatchingWindow of at least one second`);
  }
  checkInteger(scope, 'maxConcurrency', options.maxConcurrency, 2, 1000);
  checkInteger(scope, 'maxReceiveCount', options.maxReceiveCount, 1, 1000);
  checkAlone(scope, options, 'deadLetterQueue', ['deadLetterRetention'], 'set it on the queue itself');
  checkSeconds(scope, 'deadLetterRetention', options.deadLetterRetention, 60, 14 * 86_400);
  if (options.deadLetterQueue?.fifo === true) {
    throw validationError(scope, `deadLetterQueue ${show(options.deadLetterQueue.node.path)} is a FIFO queue: use a standard queue`);
  }
}

/** A handler asks Parameter Store where it runs, so events of another account or Region would be taken for changes of its own. */
export function checkChangesAreHere(scope: Construct, changes: IParameterChanges): void {
  const [there, here] = [Stack.of(changes), Stack.of(scope)];
  for (const name of ['account', 'region'] as const) {
    if (Token.isUnresolved(there[name]) || Token.isUnresolved(here[name]) || there[name] === here[name]) continue;
    throw validationError(scope, `changes are of the ${name} ${show(there[name])}, and this is in ${show(here[name])}: define changes in each`);
  }
}
