// Figgy's way to what parameters were: a scan of the whole log with a filter for what is older than the instant, by name, and of each name the last.
// What it needs then to know which of these differ, a GetParameter of each name one after the other, is left out. It does not find what was created
// later. By this package's DynamoDB client, so that what is compared is the way, not the client.
import { CREDENTIALS, REGION } from '../../harness/access.mjs';

/** @returns how many parameters are to be compared, and how many to be removed */
export const using = ({ dynamoDbClient }) => async ({ endpoint, prefix, time }) => {
  const client = dynamoDbClient({ region: REGION, credentials: CREDENTIALS, endpoint });
  const byName = new Map();
  let from;
  do {
    const { Items, LastEvaluatedKey } = await client.call('Scan', {
      TableName: 'config-audit', FilterExpression: '#time < :time AND begins_with(#name, :prefix)',
      ExpressionAttributeNames: { '#time': 'time', '#name': 'parameter_name' },
      ExpressionAttributeValues: { ':time': { N: String(time + 1) }, ':prefix': { S: prefix } }, ExclusiveStartKey: from,
    });
    for (const item of Items) {
      const name = item.parameter_name.S;
      const record = { time: Number(item.time.N), action: item.action.S, type: item.type?.S, value: item.value?.S, keyId: item.key_id?.S };
      const records = byName.get(name);
      if (records === undefined) byName.set(name, [record]);
      else records.push(record);
    }
    from = LastEvaluatedKey;
  } while (from !== undefined);
  const counts = { put: 0, delete: 0 };
  for (const records of byName.values()) {
    records.sort((a, b) => a.time - b.time);
    counts[records.at(-1).action === 'PutParameter' ? 'put' : 'delete']++;
  }
  return counts;
};
