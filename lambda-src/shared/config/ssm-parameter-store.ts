import {
  DescribeParametersCommand, GetParameterHistoryCommand, SSMClient, type SSMClientConfig,
  type DescribeParametersCommandInput, type DescribeParametersCommandOutput,
  type GetParameterHistoryCommandInput, type GetParameterHistoryCommandOutput,
} from '@aws-sdk/client-ssm';
import { InvalidNextToken, type ParameterPage, type ParameterRecord, type ParameterStore } from './parameter-store';
import type { ParameterMetadata } from '../../../runtime/config/tables/parameter-metadata';
import { metadataOf, recordOf } from './ssm-shapes';

/** What DescribeParameters and GetParameterHistory give at once. */
const PAGE_SIZE = 50;
/** What a filter of DescribeParameters may name. */
const MAX_FILTER_VALUES = 50;
/** Milliseconds. */
const CONNECTION_TIMEOUT = 3_000;
const REQUEST_TIMEOUT = 10_000;

/** An `SSMClient`, as far as it is needed. */
export interface SsmSender {
  send(command: DescribeParametersCommand | GetParameterHistoryCommand): Promise<object>;
}

/** The client of handlers: its rate follows what Parameter Store allows, which is a few tens of requests a second for the whole account. */
export function createSsmClient(config: Pick<SSMClientConfig, 'region' | 'credentials'> = {}): SSMClient {
  return new SSMClient({
    ...config,
    retryMode: 'adaptive',
    maxAttempts: 10,
    requestHandler: { connectionTimeout: CONNECTION_TIMEOUT, requestTimeout: REQUEST_TIMEOUT, throwOnRequestTimeout: true },
  });
}

/** Parameter Store itself. Nothing is ever decrypted. Needs `ssm:DescribeParameters`; for histories, `ssm:GetParameterHistory`. */
export class SsmParameterStore implements ParameterStore {
  constructor(private readonly client: SsmSender) {}

  async describe(names: readonly string[]): Promise<readonly ParameterMetadata[]> {
    const wanted = new Set(names);
    const found: ParameterMetadata[] = [];
    for (const values of chunks([...wanted], MAX_FILTER_VALUES)) {
      let nextToken: string | undefined;
      do { // pages may be short or empty before the last
        const page = await this.describePage({ ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: values }] }, nextToken);
        found.push(...page.parameters.filter(({ name }) => wanted.has(name)));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
    }
    return found;
  }

  /** Our token is Parameter Store's, after the number of the filter that it belongs to: a filter names 50 paths at most. */
  async page(namespaces: readonly string[], token?: string): Promise<ParameterPage> {
    if (namespaces.includes('/')) return this.describePage({}, token);
    const filters = chunks(namespaces, MAX_FILTER_VALUES);
    const { filter, nextToken } = placeOf(token);
    if (filter >= filters.length) {
      if (token === undefined) return { parameters: [] };
      throw new InvalidNextToken('the walk was begun with more namespaces than there are now');
    }
    // What lies below a path does not include a parameter that has the path for its name.
    const roots = token === undefined ? await this.describe(namespaces) : [];
    const page = await this.describePage({ ParameterFilters: [{ Key: 'Path', Option: 'Recursive', Values: filters[filter] }] }, nextToken);
    const parameters = [...roots, ...page.parameters.filter(({ name }) => !roots.some((root) => root.name === name))];
    if (page.nextToken !== undefined) return { parameters, nextToken: `${filter} ${page.nextToken}` };
    return { parameters, ...(filter + 1 < filters.length && { nextToken: `${filter + 1} ` }) };
  }

  async history(name: string): Promise<readonly ParameterRecord[]> {
    const records: ParameterRecord[] = [];
    let nextToken: string | undefined;
    try {
      do {
        const page = await this.historyPage({ Name: name, MaxResults: PAGE_SIZE, ...(nextToken !== undefined && { NextToken: nextToken }) });
        records.push(...(page.Parameters ?? []).map(recordOf));
        nextToken = page.NextToken || undefined;
      } while (nextToken !== undefined);
    } catch (error) {
      if ((error as Error).name === 'ParameterNotFound') return [];
      throw error;
    }
    return records.sort((a, b) => a.version - b.version);
  }

  private async describePage(input: DescribeParametersCommandInput, nextToken: string | undefined): Promise<ParameterPage> {
    const command = new DescribeParametersCommand({ ...input, MaxResults: PAGE_SIZE, ...(nextToken !== undefined && { NextToken: nextToken }) });
    const page = await tokensChecked(this.client.send(command) as Promise<DescribeParametersCommandOutput>);
    return { parameters: (page.Parameters ?? []).map(metadataOf), ...(page.NextToken && { nextToken: page.NextToken }) };
  }

  private historyPage(input: GetParameterHistoryCommandInput): Promise<GetParameterHistoryCommandOutput> {
    return tokensChecked(this.client.send(new GetParameterHistoryCommand(input)) as Promise<GetParameterHistoryCommandOutput>);
  }
}

async function tokensChecked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if ((error as Error).name !== 'InvalidNextToken') throw error;
    throw new InvalidNextToken('Parameter Store does not know the token any more', { cause: error });
  }
}

function placeOf(token: string | undefined): { filter: number; nextToken?: string } {
  if (token === undefined) return { filter: 0 };
  const parts = /^(\d{1,6}) (.*)$/s.exec(token);
  if (parts === null) throw new InvalidNextToken('the token is none that a page gave');
  return { filter: Number(parts[1]), ...(parts[2] !== '' && { nextToken: parts[2] }) };
}

function chunks(values: readonly string[], size: number): string[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, i) => values.slice(i * size, (i + 1) * size));
}
