import { Auditor, type AuditorOptions } from '../../../lambda-src/config-auditor/auditor';
import type { AuditRecord } from '../../../lambda-src/shared/config/audit-log';
import { parseEvent } from '../../../lambda-src/shared/config/events/parse';
import { MemoryAuditLog } from '../../support/config-tables/memory-audit-log';
import type { Outcome } from '../../../lambda-src/shared/config/parameter-event';
import { NotVisibleYet } from '../../../lambda-src/shared/config/parameter-store';
import type { ParameterMetadata } from '../../../runtime/config/tables/parameter-metadata';
import { SsmParameterStore } from '../../../lambda-src/shared/config/ssm-parameter-store';
import { modelClient, ParameterStoreModel, type Caller, type EventEnvelope } from '../../support/parameter-store';

export type EventFamily = 'cloudtrail' | 'native';

export const ALICE: Caller = { arn: 'arn:aws:iam::123456789012:user/alice', sourceIp: '198.51.100.7', userAgent: 'console' };
export const BOB: Caller = { arn: 'arn:aws:sts::123456789012:assumed-role/ci/bob', sourceIp: '198.51.100.8', userAgent: 'aws-cli/2' };

const NAMESPACES = ['/app'];

/** Parameter Store, the events that it gives, an audit log and who keeps it. Time moves only when it is told to. */
export class World {
  time = Date.UTC(2030, 0, 1);
  readonly model = new ParameterStoreModel({ now: () => this.time });
  readonly store = new SsmParameterStore(modelClient(this.model));
  readonly log = new MemoryAuditLog();
  readonly auditor: Auditor;
  /** Events that nobody has handled yet, oldest first. */
  readonly events: EventEnvelope[] = [];

  constructor(family: EventFamily = 'cloudtrail', options: Partial<AuditorOptions> = {}) {
    this.auditor = this.anAuditor(options);
    const wanted = family === 'cloudtrail' ? ['AWS API Call via CloudTrail'] : ['Parameter Store Change', 'Parameter Store Policy Action'];
    this.model.onEvent((event) => { if (wanted.includes(event['detail-type'])) this.events.push(event); });
  }

  anAuditor(options: Partial<AuditorOptions> = {}): Auditor {
    return new Auditor({ store: this.store, log: this.log, namespaces: NAMESPACES, now: () => this.time, ...options });
  }

  put(name: string, value: string, more: { Type?: 'String' | 'SecureString'; by?: Caller; after?: number } = {}): EventEnvelope {
    const { Type, by, after = 0 } = more;
    this.time += after;
    const exists = this.model.names().includes(name);
    this.model.do('PutParameter', { Name: name, Value: value, Overwrite: true, ...(!exists && { Type: Type ?? 'String' }) }, by);
    return this.events.at(-1)!;
  }

  delete(name: string, more: { by?: Caller; after?: number } = {}): EventEnvelope {
    this.time += more.after ?? 0;
    this.model.do('DeleteParameter', { Name: name }, more.by);
    return this.events.at(-1)!;
  }

  label(name: string, labels: string[], more: { after?: number } = {}): EventEnvelope {
    this.time += more.after ?? 0;
    this.model.do('LabelParameterVersion', { Name: name, Labels: labels });
    return this.events.at(-1)!;
  }

  async handle(event: EventEnvelope, last = false, auditor = this.auditor): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const change of parseEvent(event, NAMESPACES).events) outcomes.push(await auditor.apply(change, { last }));
    return outcomes;
  }

  async handleAll(events: readonly EventEnvelope[] = this.events, last = false): Promise<void> {
    for (const event of events) await this.handle(event, last);
  }

  /** As a queue does: what fails comes again after the others, the fifth time for the last. */
  async deliver(events: readonly EventEnvelope[]): Promise<void> {
    let waiting = [...events];
    for (let attempt = 1; waiting.length > 0 && attempt <= 5; attempt += 1) {
      const failed: EventEnvelope[] = [];
      for (const event of waiting) {
        await this.handle(event, attempt === 5).catch((error: unknown) => {
          if (!(error instanceof NotVisibleYet)) throw error;
          failed.push(event);
        });
      }
      waiting = failed;
    }
  }

  async walk(auditor = this.auditor) {
    return auditor.reconcile(await this.parameters());
  }

  parameters(): Promise<readonly ParameterMetadata[]> {
    return this.store.describe(this.model.names());
  }

  /** The log of a name, a line a record: action, version, value. */
  lines(name: string): string[] {
    return this.log.all(name).map(lineOf);
  }
}

export function lineOf({ action, version, value, notBefore, labels }: AuditRecord): string {
  const deletion = notBefore === undefined ? [] : ['concluded'];
  return [action, version, value, ...labels ?? [], ...deletion].filter((part) => part !== undefined).join(' ');
}
