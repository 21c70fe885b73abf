import { randomBytes } from 'node:crypto';
import type { AwsCredentials } from '../../../../runtime/aws/sign-v4';
import type { S3Access, S3Subject } from '../../../support/contracts/s3';
import { ask } from '../../../support/contracts/signed-http';

type Bucket = Pick<S3Subject, 'bucket' | 'ask'>;

const valueOf = (xml: string, name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)![1]!;

/** A user who may read objects in the bucket, where there is IAM. */
export async function userWithoutList(access: S3Access, { bucket }: Bucket): Promise<{ credentials: AwsCredentials; remove(): Promise<void> }> {
  const UserName = `reader-${randomBytes(6).toString('hex')}`;
  const iam = async (Action: string, parameters: Record<string, string> = {}) => {
    const body = new URLSearchParams({ Action, Version: '2010-05-08', UserName, ...parameters }).toString();
    const reply = await ask(access, 'iam', { method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    expect([Action, reply.status]).toEqual([Action, 200]);
    return reply.text;
  };
  const PolicyName = 'read';
  const Statement = [{ Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket}/*` }];
  await iam('CreateUser');
  await iam('PutUserPolicy', { PolicyName, PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }) });
  const keys = await iam('CreateAccessKey');
  const credentials = { accessKeyId: valueOf(keys, 'AccessKeyId'), secretAccessKey: valueOf(keys, 'SecretAccessKey') };
  const remove = async () => {
    await iam('DeleteAccessKey', { AccessKeyId: credentials.accessKeyId });
    await iam('DeleteUserPolicy', { PolicyName });
    await iam('DeleteUser');
  };
  return { credentials, remove };
}

/** Nobody in particular may read objects in the bucket, where there are no users but the one. */
export async function anybodyWithoutList({ bucket, ask: askBucket }: Bucket): Promise<undefined> {
  const Statement = [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket}/*` }];
  const reply = await askBucket({ method: 'PUT', query: { policy: '' }, body: JSON.stringify({ Version: '2012-10-17', Statement }) });
  expect(reply.status).toBeLessThan(300);
}
