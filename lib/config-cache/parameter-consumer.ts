import { Construct } from 'constructs';
import { QueueTarget } from './queue-target';
import { QueuedFunction, QueuedFunctionProps } from './queued-function';

/** A handler of the events that tell of changes. */
export class ParameterConsumer extends QueuedFunction {
  constructor(scope: Construct, id: string, props: QueuedFunctionProps) {
    super(scope, id, props);
    props.changes.addTarget(new QueueTarget(this.queue));
  }
}
