import { isOurs, ofRole, uses, type Decision } from './decisions';
import { SESSION } from '../kit/identity';

const decision = (change: Partial<Decision> = {}): Decision => ({
  principal: 'arn:aws:sts::000000000000:assumed-role/App-Role-1/fn', action: 'dynamodb:GetItem', decision: 'Allow',
  resource: 'arn:aws:dynamodb:us-east-1:000000000000:table/T', ...change,
});
const granted = (action: string, ...resources: string[]) => ({ action, resources });

test.each([
  ['the same action and resource', granted('dynamodb:GetItem', decision().resource), true],
  ['another case of the action', granted('DynamoDB:getitem', '*'), true],
  ['wildcards', granted('dynamodb:Get*', 'arn:aws:dynamodb:*:*:table/?'), true],
  ['one of several resources', granted('dynamodb:GetItem', 'arn:other', '*'), true],
  ['another action', granted('dynamodb:PutItem', '*'), false],
  ['a longer action', granted('dynamodb:GetItems', '*'), false],
  ['another resource', granted('dynamodb:GetItem', 'arn:aws:dynamodb:us-east-1:000000000000:table/T2'), false],
  ['a dot is a dot', granted('dynamodb:GetItem', 'arn.aws:dynamodb:us-east-1:000000000000:table/T'), false],
])('a decision uses what is granted: %s', (_, what, expected) => { expect(uses(decision(), what)).toBe(expected); });

test('what was refused uses nothing', () => {
  expect(uses(decision({ decision: 'ImplicitDeny' }), granted('*', '*'))).toBe(false);
});

test('decisions are told apart by role, and by who held the session', () => {
  const others = decision({ principal: 'arn:aws:sts::000000000000:assumed-role/App-Role-11/fn' });
  expect(ofRole([decision(), others], 'App-Role-1')).toEqual([decision()]);
  expect(isOurs(decision())).toBe(false);
  expect(isOurs(decision({ principal: `arn:aws:sts::000000000000:assumed-role/App-Role-1/${SESSION}` }))).toBe(true);
});
