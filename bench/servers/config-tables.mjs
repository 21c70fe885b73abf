// DynamoDB's protocol for the tables of the config tier, from rows that are made as they are read: an embedded DynamoDB takes minutes to be filled.
// And GetParameter for the footprint, by which clients find the tables. Counts what DynamoDB would charge for.
import { createServer } from 'node:http';
import { CONFIG_AUDIT_TIME_INDEX as BY_TIME, CONFIG_CACHE_INDEX as CHANGES } from '../../lib/contract/config.ts';
import { answer } from '../harness/child.mjs';
import { CHANGES_EACH, COUNT, FOOTPRINT, NAMESPACE, SPAN_MS } from '../harness/config-world.mjs';
import { AuditTable } from './config-tables/audit-table.mjs';
import { CacheTable } from './config-tables/cache-table.mjs';
import { conditionsOf } from './config-tables/expressions.mjs';
import { pageOf, sizeOf } from './config-tables/pages.mjs';

const STEP_MS = SPAN_MS / (COUNT * CHANGES_EACH);
/** The log ends a day ago: changes that are made later are still of the past. */
const BEGIN = Math.floor(Date.now() / 1000) * 1000 - 86_400_000 - SPAN_MS;
const timeOf = (s) => BEGIN + s * STEP_MS;
const changeAt = (time) => Math.ceil((time - BEGIN) / STEP_MS);

const cache = new CacheTable(timeOf);
const audit = new AuditTable(timeOf, changeAt);
const tables = { 'config-cache': cache, 'config-audit': audit };

let counts;
function reset() {
  counts = { requests: 0, queries: 0, scans: 0, gets: 0, itemsRead: 0, itemsReturned: 0, units: 0, bytes: 0, indexItems: 0, indexQueries: 0 };
}
reset();

function charge(bytes, consistent) {
  counts.units += Math.max(1, Math.ceil(bytes / 4096)) * (consistent ? 1 : 0.5);
}

function partitionOf(table, input) {
  const condition = conditionsOf(input.KeyConditionExpression, input).find(({ operator }) => operator === '=');
  if (input.IndexName === undefined && table === audit) return audit.ofName(condition.value);
  if (input.IndexName !== (table === audit ? BY_TIME.name : CHANGES.name)) throw new Error(`no index ${input.IndexName}`);
  return table.partition(condition.value);
}

function page(partition, input) {
  const { answer: page_, scanned, bytes } = pageOf(partition, input);
  counts.itemsRead += scanned;
  counts.itemsReturned += page_.Count;
  if (input.IndexName !== undefined) counts.indexItems += scanned;
  if (input.IndexName !== undefined) counts.indexQueries++;
  charge(bytes, input.ConsistentRead);
  return page_;
}

const tableOf = ({ TableName }) => tables[TableName] ?? fail('ResourceNotFoundException', `no table ${TableName}`);
function fail(name, message) {
  throw Object.assign(new Error(message), { name });
}

function get(table, key, consistent) {
  const item = table.get(key);
  counts.itemsRead++;
  charge(item === undefined ? 0 : sizeOf(item), consistent);
  return item;
}

const operations = {
  GetItem(input) {
    counts.gets++;
    const Item = get(tableOf(input), input.Key, input.ConsistentRead);
    return Item === undefined ? {} : { Item };
  },
  BatchGetItem({ RequestItems }) {
    counts.gets++;
    const found = Object.entries(RequestItems).map(([TableName, { Keys, ConsistentRead }]) =>
      [TableName, Keys.map((key) => get(tableOf({ TableName }), key, ConsistentRead)).filter(Boolean)]);
    return { Responses: Object.fromEntries(found), UnprocessedKeys: {} };
  },
  Query(input) {
    counts.queries++;
    return page(partitionOf(tableOf(input), input), input);
  },
  Scan(input) {
    counts.scans++;
    return page(tableOf(input).all(), input);
  },
  GetParameter({ Name }) {
    const name = `/cache-tiers/footprints/${FOOTPRINT}`;
    if (Name !== name) fail('ParameterNotFound', `no parameter ${Name}`);
    const Value = JSON.stringify({ version: 1, namespaces: [NAMESPACE], cacheTable: 'config-cache', auditTable: 'config-audit' });
    return { Parameter: { Name, Type: 'String', Value, Version: 1, ARN: `arn:aws:ssm:us-east-1:111122223333:parameter${name}`, DataType: 'text' } };
  },
};

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part)).on('error', () => {}).on('end', () => {
    const operation = String(request.headers['x-amz-target']).replace(/^.*\./, '');
    const reply = (status, body) => {
      const bytes = Buffer.from(JSON.stringify(body));
      counts.bytes += bytes.length;
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0', 'content-length': bytes.length });
      response.end(bytes);
    };
    counts.requests++;
    try {
      reply(200, (operations[operation] ?? fail('UnknownOperationException', operation))(JSON.parse(Buffer.concat(parts).toString())));
    } catch (error) {
      reply(400, { __type: `com.amazonaws.dynamodb.v20120810#${error.name}`, message: error.message });
    }
  });
});

process.on('message', ({ change = 0 }) => {
  cache.change(change);
  process.send(counts);
  reset();
});
process.on('disconnect', () => process.exit());

await answer(async () => {
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return { endpoint: `http://127.0.0.1:${server.address().port}`, begin: BEGIN };
});
