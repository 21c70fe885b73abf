// One bundle in a new process: from import to the first answer of the table.
import { answer, cpu, params } from '../harness/child.mjs';

const { bundle, access } = params;

await answer(async () => {
  let executions = 0;
  async function lookUp(id, n) { executions++; return { id, n }; }
  const begun = cpu();
  const { open } = await import(bundle);
  const imported = cpu();
  const { wrap } = await open(access);
  const value = await wrap(lookUp)('user-0', 0);
  const answered = cpu();
  if (value?.n !== 0 || executions > 0) throw new Error(`not answered by the table: ${executions} executions`);
  return { cpuMs: (answered - begun) / 1e6, importMs: (imported - begun) / 1e6, callMs: (answered - imported) / 1e6 };
});
