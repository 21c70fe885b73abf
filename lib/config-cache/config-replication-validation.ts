import { Annotations, Stack, Token } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { ConfigReplicationProps } from './config-replication-props';
import { checkConfigTable, ConfigTableKeys } from './config-table';
import { checkTableName } from './config-table-validation';
import { isWithin } from './parameter-paths';
import { BoundRule } from './replication-rule-definition';
import { checkScopes } from './replication-scope';
import { CONFIG_RULE_INDEX, CONFIG_RULE_KEY } from '../contract/config';
import { show, validationError } from '../private/errors';
import { checkAlone } from '../private/validation';

/** Keys and index of the table of rules. */
export const RULES_TABLE: ConfigTableKeys = { key: CONFIG_RULE_KEY, indexes: [CONFIG_RULE_INDEX] };

const TABLE_PROPS = [
  'tableName', 'encryptionKey', 'removalPolicy', 'deletionProtection', 'pointInTimeRecovery',
] as const satisfies readonly (keyof ConfigReplicationProps)[];

export function checkConfigReplicationProps(scope: Construct, props: ConfigReplicationProps): void {
  const { table } = props;
  checkAlone(scope, props, 'table', TABLE_PROPS, 'set them where the table is defined');
  checkTableName(scope, 'tableName', props.tableName);
  checkScopes(scope, props.scopes ?? []);
  if (table === undefined) return;
  checkConfigTable(scope, table, RULES_TABLE);
  if (!hasStream(table)) {
    throw validationError(scope, `table ${show(table.node.path)} has no stream: give it one, or import it with its tableStreamArn`);
  }
}

/** A table that is defined in the app has an attribute for its stream's ARN, whether it has a stream or not. */
function hasStream(table: dynamodb.ITable): boolean {
  const resource = table.node.defaultChild;
  if (!dynamodb.CfnTable.isCfnTable(resource) && !dynamodb.CfnGlobalTable.isCfnGlobalTable(resource)) return table.tableStreamArn !== undefined;
  return Stack.of(table).resolve(resource.streamSpecification) !== undefined;
}

/** A rule whose sources nobody follows is carried out by the schedule only. */
export function warnOfSources(scope: Construct, rules: readonly BoundRule[], namespaces: readonly string[]): void {
  const known = (values: readonly string[]) => !Token.isUnresolved(values) && !values.some((value) => Token.isUnresolved(value));
  if (!known(namespaces)) return;
  const sources = rules.flatMap((rule) => known(rule.sources) ? rule.sources : []);
  const unfollowed = [...new Set(sources)].filter((source) => !namespaces.some((namespace) => isWithin(source, namespace)));
  if (unfollowed.length === 0) return;
  Annotations.of(scope).addWarningV2('@cdk-cache-tiers/config:sourceNotFollowed', `rules read ${unfollowed.map(show).join(', ')}, which `
  + `no namespace of ${show(namespaces)} has: their changes are replicated on schedule only. Follow their namespace as well`);
}
