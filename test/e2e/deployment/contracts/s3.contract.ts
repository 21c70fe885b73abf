import { describeS3 } from '../../../support/contracts/s3';
import { anybodyWithoutList, userWithoutList } from './readers';
import { REGION, targets } from './targets';

const { ministack, radosgw } = targets();

describe('ministack', () => {
  const access = { ...ministack, region: REGION };
  let remove: (() => Promise<void>) | undefined;
  afterAll(() => remove?.());

  describeS3('ministack', () => access, { withoutList: async (bucket) => {
    const user = await userWithoutList(access, bucket);
    remove = user.remove;
    return user.credentials;
  } });
});

describe('radosgw', () => {
  describeS3('radosgw', () => ({ ...radosgw, region: REGION }), { withoutList: anybodyWithoutList });
});
