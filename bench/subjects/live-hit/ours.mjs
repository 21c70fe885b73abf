import { takeNode, takeWeb } from '../../harness/take.mjs';
import { openClient } from '../live-ours.mjs';

const FORMS = {
  node: (result, onFirst) => takeNode(result.toNodeStream(), onFirst),
  web: (result, onFirst) => takeWeb(result.stream, onFirst),
  response: (result, onFirst) => takeWeb(result.toResponse().body, onFirst),
};

export async function open(params, form = 'node') {
  const { query } = await openClient(params);
  return async (mb, onFirst) => {
    const result = await query(`hit-${mb}`, () => { throw new Error(`no hit of ${mb} MB`); });
    return FORMS[form](result, onFirst);
  };
}
