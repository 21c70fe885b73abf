import { deepStrictEqual, ok } from 'node:assert';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { eventually, refused } from './kit';
import { events } from './kit/events';
import { newRole, stranger, type Identity } from './kit/identity';
import { ACCOUNT } from './places';
import { check } from '../checks';

const NAME = '/e2e-kit/parameter';

/** What apps are driven with sees what happens, and what is refused: a kit that noticed nothing would let everything pass. */
export async function checkKit(root: Identity): Promise<void> {
  await check('the kit sees events, roles and refusals', async () => {
    const mayWrite = { Effect: 'Allow', Action: 'ssm:PutParameter', Resource: `arn:aws:ssm:*:${ACCOUNT}:parameter${NAME}` };
    const [writes, nobody] = [await newRole(root, 'writer', [mayWrite]), await stranger(root)];
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
