import type {
  AddTagsToResourceRequest, AddTagsToResourceResult, ListTagsForResourceRequest, ListTagsForResourceResult, RemoveTagsFromResourceRequest,
  RemoveTagsFromResourceResult, Tag,
} from '@aws-sdk/client-ssm';
import { ParameterStoreError } from './errors';
import type { Parameter } from './parameters';
import type { State, Turn } from './state';

const MOST = 50;

export function newTags(tags: readonly Tag[] = [], before: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> {
  const all = new Map([...before, ...tags.map(({ Key, Value }) => [Key ?? '', Value ?? ''] as const)]);
  if (all.size > MOST) throw new ParameterStoreError('TooManyTagsError', `The Targets parameter has more than ${MOST} tags.`);
  return all;
}

export function addTagsToResource(turn: Turn, input: AddTagsToResourceRequest): AddTagsToResourceResult {
  const parameter = taggedBy(turn, input);
  turn.parameters.set({ ...parameter, tags: newTags(input.Tags, parameter.tags) });
  return {};
}

export function removeTagsFromResource(turn: Turn, input: RemoveTagsFromResourceRequest): RemoveTagsFromResourceResult {
  const parameter = taggedBy(turn, input);
  turn.parameters.set({ ...parameter, tags: new Map([...parameter.tags].filter(([key]) => input.TagKeys?.includes(key) !== true)) });
  return {};
}

export function listTagsForResource(turn: Turn, input: ListTagsForResourceRequest): ListTagsForResourceResult {
  return { TagList: [...taggedBy(turn, input).tags].map(([Key, Value]) => ({ Key, Value })) };
}

function taggedBy({ parameters }: State, { ResourceType, ResourceId }: ListTagsForResourceRequest): Parameter {
  const parameter = ResourceType === 'Parameter' ? parameters.get(ResourceId ?? '') : undefined;
  if (parameter === undefined) throw new ParameterStoreError('InvalidResourceId', 'The resource ID isn\'t valid.');
  return parameter;
}
