import { deleteParameter, deleteParameters } from './deletes';
import { describeParameters } from './describe';
import { labelParameterVersion, unlabelParameterVersion } from './labels';
import { putParameter } from './put';
import { getParameter, getParameterHistory, getParameters, getParametersByPath } from './reads';
import { addTagsToResource, listTagsForResource, removeTagsFromResource } from './tags';

export const OPERATIONS = {
  PutParameter: putParameter,
  GetParameter: getParameter,
  GetParameters: getParameters,
  GetParametersByPath: getParametersByPath,
  GetParameterHistory: getParameterHistory,
  DescribeParameters: describeParameters,
  DeleteParameter: deleteParameter,
  DeleteParameters: deleteParameters,
  LabelParameterVersion: labelParameterVersion,
  UnlabelParameterVersion: unlabelParameterVersion,
  AddTagsToResource: addTagsToResource,
  RemoveTagsFromResource: removeTagsFromResource,
  ListTagsForResource: listTagsForResource,
};

export type Operation = keyof typeof OPERATIONS;
export type Input<O extends Operation> = Parameters<typeof OPERATIONS[O]>[1];
export type Answer<O extends Operation> = ReturnType<typeof OPERATIONS[O]>;

/** Those of which CloudTrail tells as writes. */
export const WRITES: ReadonlySet<string> = new Set<Operation>([
  'PutParameter', 'DeleteParameter', 'DeleteParameters', 'LabelParameterVersion', 'UnlabelParameterVersion', 'AddTagsToResource',
  'RemoveTagsFromResource',
]);

export const isOperation = (name: string): name is Operation => Object.hasOwn(OPERATIONS, name);
