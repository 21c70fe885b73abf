import { SSMClient } from '@aws-sdk/client-ssm';
import { REGION, targets } from './targets';
import { describeContract } from '../../../support/contracts/contract';
import { openSsm, ownClient, SSM_ROWS, type SsmSubject } from '../../../support/contracts/ssm';

describe.each([
  ['the SDK\'s client', () => new SSMClient({ ...targets().ministack, region: REGION })],
  ['our own client', () => ownClient({ ...targets().ministack, region: REGION, env: {} })],
])('ministack, by %s', (_, open) => {
  let subject: SsmSubject;
  beforeAll(() => { subject = openSsm(open()); });
  afterAll(() => subject.close());

  describeContract('keeps the list of Parameter Store', 'ministack', SSM_ROWS, () => subject);
});
