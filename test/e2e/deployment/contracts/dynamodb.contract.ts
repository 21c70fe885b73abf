import { describeContract } from '../../../support/contracts/contract';
import { DYNAMODB_ROWS } from '../../../support/contracts/dynamodb';
import { openTable } from './table';

describe('ministack', () => {
  let subject: Awaited<ReturnType<typeof openTable>>;
  beforeAll(async () => { subject = await openTable(); });
  afterAll(() => subject.close());

  describeContract('keeps the list of DynamoDB', 'ministack', DYNAMODB_ROWS, () => subject);
});
