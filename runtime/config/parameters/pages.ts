import { pagesOf } from '../../stores/dynamodb-pages.js';

/** What operations of Parameter Store give that list something. */
export interface ParametersPage<P> {
  readonly Parameters?: readonly P[];
  readonly NextToken?: string;
}

/**
 * What an operation lists, page by page. A page may be empty, and others follow nonetheless.
 *
 * @param call makes the call with what it is given among its parameters
 * @throws CacheTiersError `E_CONFIG_ENDLESS`
 */
export async function* parameterPagesOf<P>(
  call: (more: { readonly NextToken?: string }) => Promise<ParametersPage<P> | undefined>,
): AsyncGenerator<readonly P[], void, undefined> {
  const read = async (after: string | undefined): Promise<{ readonly parameters: readonly P[]; readonly next?: string }> => {
    const { Parameters = [], NextToken } = await call(after === undefined ? {} : { NextToken: after }) ?? {};
    return { parameters: Parameters, ...(NextToken && { next: NextToken }) };
  };
  for await (const { parameters } of pagesOf(read, 'NextToken')) yield parameters;
}
