import { CustomResource, Duration, Size, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { tableFrom } from './bind';
import { IMemoCache } from './imemo-cache';
import { MEMO_ENVIRONMENT } from '../contract/memo';
import { HandlerOptions } from '../handler-options';
import { BundledFunction } from '../private/bundled-function';
import { validationError } from '../private/errors';
import { serviceTimeout } from '../private/service-timeout';
import { checkEach, checkPattern } from '../private/validation';

/** CloudFormation's limit for a whole response is 4 KB and for an event far more; this keeps the work within one invocation. */
const MAX_FUNCTION_NAMES = 100;

/** How a cache is flushed by a deployment. */
export interface MemoFlushProps extends HandlerOptions {
  /** The cache to flush. */
  readonly cache: IMemoCache;

  /** Any text. A deployment that changes it flushes the cache: a schema's version, for instance. */
  readonly trigger: string;

  /**
   * Names of the memoized functions whose values are flushed, as the client knows them.
   *
   * @default - all values are flushed
   */
  readonly functionNames?: string[];
}

/**
 * Flushes a memo cache in a deployment: when it is added, and whenever its trigger changes. One write per flushed name at any
 * size of the cache. Nothing happens on deletion.
 *
 * The deployment fails if the flush fails, because functions would go on to serve values of the old kind.
 *
 * @stateless
 *
 * @example
 * declare const cache: MemoCache;
 * declare const fn: lambda.Function;
 *
 * const flush = new MemoFlush(this, 'Flush', { cache, trigger: 'schema-7' });
 * flush.node.addDependency(fn); // new code first: what the old code computes later is then out of date as well
 */
export class MemoFlush extends Construct {
  /** The function that flushes. */
  public readonly handler: lambda.Function;

  /** Its log group. */
  public readonly logGroup: logs.ILogGroup;

  constructor(scope: Construct, id: string, props: MemoFlushProps) {
    super(scope, id);
    if (props.trigger === '') throw validationError(this, 'trigger is "": use a text that changes when the cache must be flushed');
    checkFunctionNames(this, props.functionNames);

    const { cache } = props;
    const { table, region } = MEMO_ENVIRONMENT;
    const handler = new BundledFunction(this, 'Handler', {
      bundle: 'memo-flush',
      description: 'Flushes a memo cache when a deployment changes the trigger',
      environment: { [table]: tableFrom(cache.table, Stack.of(this).account), [region]: cache.environment[region] },
      options: props,
      defaultMemorySize: Size.mebibytes(256),
      defaultTimeout: Duration.minutes(1),
    });
    this.handler = handler.function;
    this.logGroup = handler.logGroup;
    const grant = cache.grantFlush(this.handler);

    const resource = new CustomResource(this, 'Resource', {
      serviceToken: this.handler.functionArn,
      resourceType: 'Custom::MemoFlush',
      serviceTimeout: serviceTimeout(props.timeout),
      properties: { Trigger: props.trigger, FunctionNames: props.functionNames },
    });
    grant.applyBefore(resource);
  }
}

function checkFunctionNames(scope: Construct, names: string[] | undefined): void {
  const hint = 'the name of a memoized function, without "#"';
  checkEach(scope, 'functionNames', names, (name, value) => checkPattern(scope, name, value, /^[^#]+$/, hint));
  if (names !== undefined && names.length > MAX_FUNCTION_NAMES) {
    throw validationError(scope, `functionNames has ${names.length} names: name at most ${MAX_FUNCTION_NAMES}, or leave it out to flush all`);
  }
}
