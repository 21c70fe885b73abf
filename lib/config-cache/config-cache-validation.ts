import { Construct } from 'constructs';
import { ConfigCacheProps } from './config-cache-props';
import { checkConfigTable } from './config-table';
import { checkTableName } from './config-table-validation';
import { CONFIG_CACHE_INDEX, CONFIG_CACHE_KEY } from '../contract/config';
import { checkAlone, checkWholeDays } from '../private/validation';

export function checkConfigCacheProps(scope: Construct, props: ConfigCacheProps): void {
  checkAlone(scope, props, 'table', ['tableName', 'encryptionKey', 'removalPolicy', 'pointInTimeRecovery'], 'set them where the table is defined');
  if (props.table !== undefined) checkConfigTable(scope, props.table, { key: CONFIG_CACHE_KEY, indexes: [CONFIG_CACHE_INDEX] });
  checkTableName(scope, 'tableName', props.tableName);
  checkWholeDays(scope, 'tombstoneRetention', props.tombstoneRetention);
}
