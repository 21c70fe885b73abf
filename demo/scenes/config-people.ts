import type { Caller } from '../../test/support/parameter-store';

export const ANN: Caller = { arn: 'arn:aws:iam::111111111111:user/ann' };
export const BOB: Caller = { arn: 'arn:aws:iam::111111111111:user/bob' };
export const PIPELINE: Caller = { arn: 'arn:aws:sts::111111111111:assumed-role/deploy/pipeline' };
