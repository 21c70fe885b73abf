import { DescribeParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { setTimeout as wait } from 'node:timers/promises';
import { changeShard, CONFIG_CHANGE_SHARDS } from '../../../lib/contract/config.ts';

/**
 * The plain way: all pages by recursion into one list, all rows into another, and what differs by name written row after row, with a query
 * for older rows after each. What is throttled waits a quarter of a second, then half as long again each time.
 */
export function open({ table, clientConfig }) {
  const client = new SSMClient({ ...clientConfig, maxAttempts: 1 });

  async function describe(NextToken, pause = 250) {
    const filters = [{ Key: 'Path', Option: 'Recursive', Values: ['/app'] }];
    let page;
    try {
      page = await client.send(new DescribeParametersCommand({ ParameterFilters: filters, MaxResults: 50, NextToken }));
    } catch (error) {
      if (error.name !== 'ThrottlingException') throw error;
      await wait(pause);
      return describe(NextToken, pause * 1.5);
    }
    if (page.NextToken === undefined) return page.Parameters;
    return [...page.Parameters, ...await describe(page.NextToken)];
  }

  async function rows() {
    const names = [];
    for (let shard = 0; shard < CONFIG_CHANGE_SHARDS; shard++) {
      for (let after; ;) {
        const page = await table.active(String(shard), after);
        names.push(...page.names);
        if (page.next === undefined) break;
        after = page.next;
      }
    }
    return names;
  }

  return async () => {
    const parameters = await describe();
    const cached = new Set(await rows());
    for (const { Name: name } of parameters) {
      if (cached.has(name)) continue;
      await table.put({ name, state: 'ACTIVE', revision: 1, changed: Date.now() + Number(changeShard(name)) }, undefined);
      await table.get([name]);
    }
    return 1;
  };
}
