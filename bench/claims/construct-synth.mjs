import { measure } from '../harness/children.mjs';
import { figuresOf } from '../harness/result.mjs';
import { inTurn } from '../harness/statistics.mjs';

const NAMES = { 'bare-l2': 'bare TableV2, grants and environment' };

/** Construction and synthesis of a stack with a function and its cache, in a process that has loaded the CDK. */
export async function run({ library, rounds }) {
  const main = library();
  const medians = await inTurn(['ours', 'bare-l2'], rounds(9), (subject) => measure('workers/synth.mjs', { subject, library: main }));
  const figures = (figure) => figuresOf(medians, figure, { names: NAMES });
  const common = { unit: 'ms CPU', better: 'lower', goal: null };
  return [
    { claim: 'construct-synth', title: 'First synthesis, loading the package included', ...common, figures: figures('firstMs') },
    { claim: 'construct-synth/again', title: 'Each further synthesis in the process', ...common, figures: figures('warmMs') },
  ];
}
