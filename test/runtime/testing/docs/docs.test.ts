import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { supportCannotWrite } from './deployed';

// The files here are those that docs/testing.md shows: they run as tests, and are type-checked with the others.
const DOCUMENT = readFileSync(join(__dirname, '../../../../docs/testing.md'), 'utf8');
const shown = (language: string) => [...DOCUMENT.matchAll(/^```(\w+)\n(.*?)^```$/gms)].filter(([, info]) => info === language).map(([, , code]) => code);

test('docs/testing.md shows every file of this folder, whole, and no other', () => {
  const files = readdirSync(__dirname).filter((name) => name.endsWith('.ts') && name !== 'docs.test.ts');
  expect(shown('ts').sort()).toEqual(files.map((name) => readFileSync(join(__dirname, name), 'utf8')).sort());
});

test('what it shows of configurations is JSON, and names the serializer', () => {
  const configurations = shown('json').map((text) => JSON.parse(text) as { test?: object });
  expect(configurations.map((configuration) => configuration.test ?? configuration))
    .toEqual([1, 2].map(() => ({ snapshotSerializers: ['cdk-cache-tiers/testing/serializer'] })));
});

test('what it shows of a deployed stack passes where writing is refused, and fails for another reason', async () => {
  const client = (name: string, message: string) => ({
    send: () => Promise.reject(Object.assign(new Error(message), { name })),
  }) as unknown as DynamoDBClient;
  const denied = (action: string) => client('AccessDeniedException', `User: x is not authorized to perform: ${action} on resource: y`);
  await supportCannotWrite(denied('dynamodb:PutItem'), 'table');
  jest.useFakeTimers();
  const failing = expect(supportCannotWrite(denied('dynamodb:GetItem'), 'table')).rejects
    .toThrow('in 30 attempts. The last failure: dynamodb:PutItem was to be refused, and dynamodb:GetItem was');
  await jest.advanceTimersByTimeAsync(30_000);
  await failing;
  jest.useRealTimers();
});
