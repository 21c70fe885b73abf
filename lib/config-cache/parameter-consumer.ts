import { Construct } from 'constructs';
import { IParameterChanges } from './iparameter-changes';
import { QueueTarget } from './queue-target';
import { QueuedFunction, QueuedFunctionProps } from './queued-function';

export interface ParameterConsumerProps extends Omit<QueuedFunctionProps, 'namespaces'> {
  readonly changes: IParameterChanges;
}

/** A handler of the events that tell of changes. */
export class ParameterConsumer extends QueuedFunction {
  constructor(scope: Construct, id: string, { changes, ...props }: ParameterConsumerProps) {
    super(scope, id, { ...props, namespaces: changes.namespaces });
    changes.addTarget(new QueueTarget(this.queue));
  }
}
