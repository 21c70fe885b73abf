import { Annotations } from 'aws-cdk-lib';
import * as cloudtrail from 'aws-cdk-lib/aws-cloudtrail';
import * as events from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { changePattern, expirationPattern } from './event-pattern';
import { IParameterChanges, ParameterChangeSource } from './iparameter-changes';
import { checkNamespaces } from './namespaces';
import { ParameterTrail } from './parameter-trail';
import { validationError } from '../private/errors';

/** EventBridge's limit. */
const TARGETS_OF_A_RULE = 5;

/** Which changes of parameters are followed. */
export interface ParameterChangesProps {
  /**
   * Paths that are followed. `/app` has `/app` and `/app/db`, and not `/apple`; `/` has all parameters of the account and Region, also
   * those without a slash.
   */
  readonly namespaces: string[];

  /**
   * Where changes are told from.
   *
   * @default ParameterChangeSource.NATIVE
   */
  readonly source?: ParameterChangeSource;

  /**
   * The trail that the events of `ParameterChangeSource.CLOUDTRAIL` need.
   *
   * @default ParameterTrail.none()
   */
  readonly trail?: ParameterTrail;
}

/**
 * Changes of the parameters in some namespaces, as EventBridge tells of them: written, deleted, labelled, expired.
 *
 * @stateless
 *
 * @example
 * const changes = new ParameterChanges(this, 'Changes', { namespaces: ['/app', '/shared'] });
 * new ConfigCache(this, 'Cache', { changes });
 */
export class ParameterChanges extends Construct implements IParameterChanges {
  public readonly namespaces: string[];
  public readonly source: ParameterChangeSource;

  /** The trail, if the app defines or names it. */
  public readonly trail?: cloudtrail.Trail;

  private readonly all: events.Rule[] = [];
  private targets = 0;

  constructor(scope: Construct, id: string, props: ParameterChangesProps) {
    super(scope, id);
    checkNamespaces(this, props.namespaces);
    this.namespaces = props.namespaces;
    this.source = props.source ?? ParameterChangeSource.NATIVE;
    this.trail = this.bindTrail(props.trail);
    this.defineRules();
  }

  public get rules(): events.Rule[] {
    return [...this.all];
  }

  public addTarget(target: events.IRuleTarget): void {
    if (this.targets > 0 && this.targets % TARGETS_OF_A_RULE === 0) this.defineRules();
    this.targets += 1;
    for (const rule of this.all.slice(-2)) rule.addTarget(target);
  }

  private bindTrail(trail: ParameterTrail | undefined): cloudtrail.Trail | undefined {
    if (this.source === ParameterChangeSource.NATIVE) {
      if (trail?._named) throw validationError(this, 'trail is given, but source is "NATIVE", which needs none: leave one of them out');
      return undefined;
    }
    if (!trail?._named) {
      Annotations.of(this).addWarningV2('@cdk-cache-tiers/config:noTrail', 'source is "CLOUDTRAIL", but no trail is named. Without a trail '
      + 'that logs write management events in this Region no event arrives, and only the reconciler notices changes. '
      + 'Give trail: ParameterTrail.existing(), or ParameterTrail.create()');
    }
    return trail?._bind(this);
  }

  /** One rule for what is called, one for what expires: no one event type has both. */
  private defineRules(): void {
    const number = this.all.length === 0 ? '' : String(this.all.length / 2 + 1);
    const changes = new events.Rule(this, `Changes${number}`, {
      description: 'Changes of parameters', eventPattern: changePattern(this.source, this.namespaces),
    });
    const expirations = new events.Rule(this, `Expirations${number}`, {
      description: 'Parameters that a policy has deleted', eventPattern: expirationPattern(this.namespaces),
    });
    this.all.push(changes, expirations);
    if (this.trail !== undefined) for (const rule of [changes, expirations]) rule.node.addDependency(this.trail);
  }
}
