import type { Row } from './contract';
import { DESCRIBE_ROWS } from './ssm/describe';
import { LIMIT_ROWS } from './ssm/limits';
import { READ_ROWS } from './ssm/reads';
import type { SsmSubject } from './ssm/subject';
import { WRITE_ROWS } from './ssm/writes';

export { ownClient } from './ssm/own-client';
export { openSsm, type SsmSubject } from './ssm/subject';

/** What we rely on in Parameter Store, by the SDK's client for us-east-1. */
export const SSM_ROWS: readonly Row<SsmSubject>[] = [...WRITE_ROWS, ...READ_ROWS, ...DESCRIBE_ROWS, ...LIMIT_ROWS];
