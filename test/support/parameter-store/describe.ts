import type { DescribeParametersRequest, DescribeParametersResult } from '@aws-sdk/client-ssm';
import { invalid } from './errors';
import { filterOf } from './filters';
import { arnOf } from './names';
import { pageOf, pageSize } from './pages';
import { latest, type Parameter } from './parameters';
import { metadata } from './reads';
import type { State, Turn } from './state';

const OPERATION = 'DescribeParameters';
const MOST = 50;
/** AWS does not document it; other simulators have it. */
const UNASKED = 10;

/** In the order of names, which AWS does not promise. */
export function describeParameters(turn: Turn, input: DescribeParametersRequest): DescribeParametersResult {
  if (input.Filters !== undefined && input.Filters.length > 0) throw invalid('Filters are deprecated: this simulator takes ParameterFilters only.');
  const size = pageSize(turn, input.MaxResults, MOST, UNASKED);
  const wanted = filterOf(OPERATION, input.ParameterFilters ?? []);
  const after = turn.tokens.read(OPERATION, input);
  const page = pageOf({ items: candidates(turn, input, after), size, after, keyOf: ({ name }) => name, wanted });
  return {
    Parameters: page.items.map((parameter) => ({ ...metadata(parameter.name, latest(parameter)), ARN: arnOf(turn.place, parameter.name) })),
    ...(page.next === undefined ? {} : { NextToken: turn.tokens.make(OPERATION, input, page.next) }),
  };
}

/** Names that are asked for are looked up: nobody has to look through all for them. */
function candidates({ parameters }: State, { ParameterFilters = [] }: DescribeParametersRequest, after: string | undefined): Iterable<Parameter> {
  const names = ParameterFilters.find(({ Key, Option = 'Equals' }) => Key === 'Name' && Option === 'Equals');
  if (names === undefined) return parameters.after(after);
  const sorted = [...new Set(names.Values ?? [])].sort().filter((name) => after === undefined || name > after);
  return sorted.flatMap((name) => parameters.visible(name) ?? []);
}
