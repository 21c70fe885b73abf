import { faults } from '../harness/faults.mjs';
import { withServer } from '../harness/server.mjs';

/** The table's server accepts connections and never answers. */
export const run = (context) => withServer(context.client, ({ access }) => faults(context, access, {
  claim: 'memo-blackhole', what: 'Server that never answers',
}), 'servers/silent.mjs');
