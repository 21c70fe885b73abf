import { parameterPagesOf, type ParametersPage } from '../../../../runtime/config/parameters/pages';

async function all(pages: readonly ParametersPage<number>[]): Promise<number[]> {
  const found: number[] = [];
  let at = 0;
  for await (const page of parameterPagesOf(async () => pages[Math.min(at++, pages.length - 1)])) found.push(...page);
  return found;
}

test('a page may be empty and others follow', async () => {
  expect(await all([{ Parameters: [1], NextToken: 'a' }, { NextToken: 'b' }, { Parameters: [2, 3] }])).toEqual([1, 2, 3]);
});

test('an empty token is the end', async () => {
  expect(await all([{ Parameters: [1], NextToken: '' }])).toEqual([1]);
});

test('a service that gives one token for ever is not asked for ever', async () => {
  await expect(all([{ Parameters: [1], NextToken: 'a' }])).rejects.toMatchObject({
    code: 'E_CONFIG_ENDLESS', message: expect.stringContaining('NextToken') as string,
  });
});
