import { deepStrictEqual, ok } from 'node:assert';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { eventually, refused } from './kit';
import { events } from './kit/events';
import { assume, stranger, type Identity } from './kit/identity';
import { ACCOUNT } from './places';
import { check } from '../checks';

const ROLE = 'e2e-kit';
const NAME = '/e2e-kit/parameter';

/** What apps are driven with sees what happens, and what is refused: a kit that noticed nothing would let everything pass. */
export async function checkKit(root: Identity): Promise<void> {
  await check('the kit sees events, roles and refusals', async () => {
    const [writes, nobody] = [await writer(root), await stranger(root)];
    const seen = await events(root, { source: ['aws.ssm'] });
    await writes.as(SSMClient).send(new PutParameterCommand({ Name: NAME, Value: 'secret', Type: 'String' }));
    const received = await eventually(async () => {
      const all = await seen();
      ok(all.length > 0, 'no event');
      return all;
    });
    deepStrictEqual(received.map((event) => event['detail-type']).sort(), ['AWS API Call via CloudTrail', 'Parameter Store Change']);
    ok(!JSON.stringify(received).includes('secret'), 'an event shows the value');
    await refused(() => nobody.as(SSMClient).send(new GetParameterCommand({ Name: NAME })), 'ssm:GetParameter');
    await refused(() => writes.as(SSMClient).send(new GetParameterCommand({ Name: NAME })), 'ssm:GetParameter');
    for (const identity of [writes, nobody]) identity.destroy(); // what they made goes with the emulator
  });
}

/** A role that may write one parameter and do nothing else. */
async function writer(root: Identity): Promise<Identity> {
  const document = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] });
  const trust = document({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' });
  const { Role } = await root.as(IAMClient).send(new CreateRoleCommand({ RoleName: ROLE, AssumeRolePolicyDocument: trust }));
  const PolicyDocument = document({ Action: 'ssm:PutParameter', Resource: `arn:aws:ssm:*:${ACCOUNT}:parameter${NAME}` });
  await root.as(IAMClient).send(new PutRolePolicyCommand({ RoleName: ROLE, PolicyName: ROLE, PolicyDocument }));
  return assume(root, Role!.Arn!);
}
