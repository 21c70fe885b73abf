import { converge, TIME_LIMIT } from './converge';

const FAMILY = ['Parameter Store Change', 'Parameter Store Policy Action'];

test('cache, audit log and replicas converge to the truth by one reconciliation, with native events', () => converge(FAMILY), TIME_LIMIT);
