// Figgy's way to a copy of the names: a scan of the whole table with a filter for what is newer than the last write, and one JSON file that is
// read and written as a whole. Kinder than the original: the newest row's time stands for the last write, where it takes the client's clock, and
// only names are asked for, as its own table has no more. By this package's DynamoDB client, so that what is compared is the way, not the client.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { CREDENTIALS, REGION } from '../../harness/access.mjs';

const KEY = 'bench-parameter_names';

export const using = ({ dynamoDbClient }) => ({ folder, endpoint }) => {
  const client = dynamoDbClient({ region: REGION, credentials: CREDENTIALS, endpoint });
  const file = `${folder}/config-cache.json`;
  let names = new Set();
  return {
    async sync() {
      const known = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { [KEY]: { cache: [], last_write: 0, last_refresh: 0 } };
      const { cache, last_write: since } = known[KEY];
      names = new Set(cache);
      let [from, greatest] = [undefined, since];
      do {
        const { Items, LastEvaluatedKey } = await client.call('Scan', {
          TableName: 'config-cache', FilterExpression: '#changed > :since', ProjectionExpression: '#name, #state, #changed',
          ExpressionAttributeNames: { '#name': 'parameter_name', '#state': 'state', '#changed': 'changed' },
          ExpressionAttributeValues: { ':since': { N: String(since) } }, ExclusiveStartKey: from,
        });
        for (const { parameter_name: name, state, changed } of Items) {
          if (state.S === 'ACTIVE') names.add(name.S);
          else names.delete(name.S);
          greatest = Math.max(greatest, Number(changed.N));
        }
        from = LastEvaluatedKey;
      } while (from !== undefined);
      if (greatest === since) return;
      known[KEY] = { cache: [...names], last_write: greatest, last_refresh: Date.now() };
      writeFileSync(file, JSON.stringify(known));
    },
    count: () => names.size,
  };
};
