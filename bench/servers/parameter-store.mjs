// The simulator of Parameter Store in a process of its own, on 127.0.0.1 and a free port, with as many parameters as asked for.
import { answer, params } from '../harness/child.mjs';
import { startParameterStore } from '../../test/support/parameter-store/index.ts';

process.on('disconnect', () => process.exit());

await answer(async () => {
  const { count, rate } = params;
  const { clientConfig, model } = await startParameterStore({ limits: { standard: count } });
  for (let i = 0; i < count; i++) model.do('PutParameter', { Name: `/app/service-${i % 100}/setting-${i}`, Value: `value ${i}`, Type: 'String' });
  if (rate !== undefined) model.throttle({ rate, burst: rate });
  process.on('message', () => {
    process.send(Object.values(model.calls).reduce((sum, calls) => sum + calls, 0));
    for (const operation of Object.keys(model.calls)) delete model.calls[operation];
  });
  return { clientConfig };
});
