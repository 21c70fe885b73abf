// dynalite in a process of its own, on 127.0.0.1 and a free port, with a table for each client. Counts requests.
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { answer } from '../harness/child.mjs';
import { CREDENTIALS, REGION, TABLES } from '../harness/access.mjs';

const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
let counts = {};
server.prependListener('request', (request) => {
  const operation = String(request.headers['x-amz-target']).replace(/^.*\./, '');
  counts[operation] = (counts[operation] ?? 0) + 1;
  // dynalite throws when a client leaves before its answer, as one with a deadline does.
  const { on } = request;
  request.on = (event, listener) => on.call(request, event, event === 'error' ? () => {} : listener);
});

process.on('message', () => {
  process.send(counts);
  counts = {};
});
process.on('disconnect', () => process.exit());

await answer(async () => {
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${server.address().port}`;
  const client = new DynamoDBClient({ endpoint, region: REGION, credentials: CREDENTIALS });
  for (const [name, keys] of Object.entries(TABLES)) {
    await client.send(new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: keys.map((key) => ({ AttributeName: key, AttributeType: 'S' })),
      KeySchema: keys.map((key, i) => ({ AttributeName: key, KeyType: i === 0 ? 'HASH' : 'RANGE' })),
    }));
  }
  client.destroy();
  counts = {};
  return { endpoint };
});
