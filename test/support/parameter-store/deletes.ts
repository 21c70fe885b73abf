import type { DeleteParameterRequest, DeleteParameterResult, DeleteParametersRequest, DeleteParametersResult } from '@aws-sdk/client-ssm';
import { checkLength, notFound } from './errors';
import type { Turn } from './state';

export function deleteParameter(turn: Turn, { Name = '' }: DeleteParameterRequest): DeleteParameterResult {
  if (!removed(turn, Name)) throw notFound(Name);
  return {};
}

export function deleteParameters(turn: Turn, { Names = [] }: DeleteParametersRequest): DeleteParametersResult {
  checkLength('names', Names, 1, 10);
  const DeletedParameters: string[] = [];
  const InvalidParameters: string[] = [];
  for (const name of Names) (removed(turn, name) ? DeletedParameters : InvalidParameters).push(name);
  return { DeletedParameters, InvalidParameters };
}

function removed(turn: Turn, name: string): boolean {
  const parameter = turn.parameters.get(name.trim());
  if (parameter === undefined) return false;
  turn.parameters.delete(parameter.name);
  turn.changed('Delete', parameter);
  return true;
}
