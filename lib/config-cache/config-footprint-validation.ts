import { Construct } from 'constructs';
import { ConfigFootprintProps } from './config-footprint-props';
import { validationError } from '../private/errors';
import { checkAlone, checkPattern } from '../private/validation';

const AUDIT_PROPS = [
  'auditRetention', 'auditValues', 'auditArchive', 'auditArchiveBucket', 'auditTable',
] as const satisfies readonly (keyof ConfigFootprintProps)[];

const REPLICATION_PROPS = [
  'replicationRules', 'replicationScopes', 'replicationTable',
] as const satisfies readonly (keyof ConfigFootprintProps)[];

export function checkFootprintName(scope: Construct, name: string | undefined): void {
  checkPattern(scope, 'footprintName', name, /^[\w.-]{1,128}$/, '1 to 128 letters, digits, underscores, hyphens and full stops');
}

export function checkConfigFootprintProps(scope: Construct, props: ConfigFootprintProps): void {
  checkFootprintName(scope, props.footprintName);
  checkUnused(scope, props, 'audit', AUDIT_PROPS);
  checkUnused(scope, props, 'replication', REPLICATION_PROPS);
  if (props.seedNames !== true) return;
  for (const table of ['cacheTable', 'auditTable', 'replicationTable'] as const) {
    checkAlone(scope, props, 'seedNames', [table], 'set the name where the table is defined');
  }
}

/** What is switched off has no settings. */
function checkUnused(
  scope: Construct, props: ConfigFootprintProps, part: 'audit' | 'replication', settings: readonly (keyof ConfigFootprintProps)[],
): void {
  if (props[part] !== false) return;
  const given = settings.filter((name) => props[name] !== undefined);
  if (given.length > 0) throw validationError(scope, `${part} is false, but ${given.join(', ')} is given: leave one of them out`);
}
