import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as perms from './perms';

/**
 * A queue as a rule's target. The CDK's own names the rule in the queue's policy, so where the rule is of another stack, each would
 * need the other first; and it names nobody if the queue has a key. Here it is the rule itself in its stack, else the account's rules.
 */
export class QueueTarget implements events.IRuleTarget {
  constructor(private readonly queue: sqs.Queue, private readonly message?: events.RuleTargetInput) {}

  public bind(rule: events.IRule): events.RuleTargetConfig {
    const here = Stack.of(this.queue);
    const sourceArn = Stack.of(rule) === here
      ? rule.ruleArn
      : here.formatArn({ service: 'events', resource: 'rule', resourceName: '*', arnFormat: ArnFormat.SLASH_RESOURCE_NAME });
    this.queue.addToResourcePolicy(new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('events.amazonaws.com')],
      actions: perms.QUEUE_SEND_ACTIONS,
      resources: [this.queue.queueArn],
      conditions: { ArnLike: { 'aws:SourceArn': sourceArn } },
    }));
    const key = this.queue.encryptionMasterKey;
    // Not the rule: the queue needs its key first, and the rule the queue.
    key?.addToResourcePolicy(new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('events.amazonaws.com')],
      actions: perms.QUEUE_KEY_SEND_ACTIONS,
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceAccount': here.account } },
    }));
    return { arn: this.queue.queueArn, input: this.message, targetResource: this.queue };
  }
}
