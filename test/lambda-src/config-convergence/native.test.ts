import { converge, TIME_LIMIT } from './converge';

const FAMILY = ['Parameter Store Change', 'Parameter Store Policy Action'];

test('cache and audit log converge to the truth by one reconciliation, with Parameter Store\'s own events', () => converge(FAMILY), TIME_LIMIT);
