import { SSMClient } from '@aws-sdk/client-ssm';
import { REGION, targets } from './targets';
import { describeContract } from '../../../support/contracts/contract';
import { openSsm, SSM_ROWS, type SsmSubject } from '../../../support/contracts/ssm';

describe('ministack', () => {
  let subject: SsmSubject;
  beforeAll(() => { subject = openSsm(new SSMClient({ ...targets().ministack, region: REGION })); });
  afterAll(() => subject.close());

  describeContract('keeps the list of Parameter Store', 'ministack', SSM_ROWS, () => subject);
});
