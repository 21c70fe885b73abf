import * as events from 'aws-cdk-lib/aws-events';
import { IConstruct } from 'constructs';

/** Where changes of parameters are told from. */
export enum ParameterChangeSource {
  /**
   * Events of Parameter Store itself. They need no trail and cost nothing; they do not say who deleted a parameter, or set a label.
   */
  NATIVE = 'NATIVE',

  /**
   * API calls as AWS CloudTrail records them: with who, from where and by what. A trail that logs write events must exist in the
   * Region; without it there are no events.
   */
  CLOUDTRAIL = 'CLOUDTRAIL',
}

/** Changes of the parameters in some namespaces. */
export interface IParameterChanges extends IConstruct {
  /** Paths that are followed. `/app` has `/app` and `/app/db`, and not `/apple`; `/` has all parameters. */
  readonly namespaces: string[];

  /** Where the changes are told from. */
  readonly source: ParameterChangeSource;

  /** The rules by which events arrive. More are defined when there are more targets than one rule takes. */
  readonly rules: events.Rule[];

  /**
   * Sends each event to one more target. EventBridge may send an event twice, late, before an earlier one, or not at all.
   *
   * @param target where it is sent to
   */
  addTarget(target: events.IRuleTarget): void;
}
