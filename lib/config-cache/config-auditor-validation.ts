import { Construct } from 'constructs';
import { ConfigAuditorAttributes, ConfigAuditorProps } from './config-auditor-props';
import { checkConfigTable, ConfigTableKeys } from './config-table';
import { checkTableName } from './config-table-validation';
import { checkNamespaces } from './namespaces';
import { CONFIG_AUDIT_ACTOR_INDEX, CONFIG_AUDIT_KEY, CONFIG_AUDIT_TIME_INDEX } from '../contract/config';
import { validationError } from '../private/errors';
import { checkAlone, checkWholeDays } from '../private/validation';

/** Keys and indexes of the log's table. */
export const AUDIT_TABLE: ConfigTableKeys = { key: CONFIG_AUDIT_KEY, indexes: [CONFIG_AUDIT_TIME_INDEX, CONFIG_AUDIT_ACTOR_INDEX] };

const TABLE_PROPS = [
  'tableName', 'deletionProtection', 'pointInTimeRecovery', 'immutable',
] as const satisfies readonly (keyof ConfigAuditorProps)[];

export function checkConfigAuditorProps(scope: Construct, props: ConfigAuditorProps): void {
  checkAlone(scope, props, 'table', TABLE_PROPS, 'set them where the table is defined');
  if (props.table !== undefined) checkConfigTable(scope, props.table, AUDIT_TABLE);
  checkTableName(scope, 'tableName', props.tableName);
  checkWholeDays(scope, 'retention', props.retention);
  if (props.archive === false && props.archiveBucket !== undefined) {
    throw validationError(scope, 'archive is false, but archiveBucket is given: leave one of them out');
  }
}

export function checkConfigAuditorAttributes(scope: Construct, attrs: ConfigAuditorAttributes): void {
  if (attrs.namespaces !== undefined) checkNamespaces(scope, attrs.namespaces);
  checkWholeDays(scope, 'retention', attrs.retention);
}
