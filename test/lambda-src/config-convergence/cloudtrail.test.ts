import { converge, TIME_LIMIT } from './converge';

// An expired parameter is nobody's call: CloudTrail does not know of it, so its rule comes with either family.
const FAMILY = ['AWS API Call via CloudTrail', 'Parameter Store Policy Action'];

test('cache, audit log and replicas converge to the truth by one reconciliation, with events of CloudTrail', () => converge(FAMILY), TIME_LIMIT);
