// How long callers wait while the table does not answer: the function is instant, so all of it is the cache's doing.
import { answer, params } from '../harness/child.mjs';

const { subject, access, capMs } = params;
const CALLS_TO_OPEN = 6;

await answer(async () => {
  const { open } = await import(`../subjects/table/${subject}.mjs`);
  const { wrap } = await open(access);
  const call = wrap(async function lookUp(id) { return { id }; });

  /** Milliseconds until the function's value is there; Infinity beyond the cap; NaN if the caller gets an error. */
  async function wait(id) {
    const begun = performance.now();
    let timer;
    const cap = new Promise((resolve) => { timer = setTimeout(resolve, capMs, 'cap'); });
    const outcome = await Promise.race([call(id).catch(() => 'error'), cap]);
    clearTimeout(timer);
    if (outcome === 'cap') return Infinity;
    return outcome?.id === id ? performance.now() - begun : NaN;
  }

  const first = await wait('first');
  if (first === Infinity) return { first, second: Infinity, open: Infinity };
  const second = await wait('second');
  if (second === Infinity) return { first, second, open: Infinity };
  for (let i = 0; i < CALLS_TO_OPEN; i++) await wait(`more-${i}`);
  const opened = [];
  for (let i = 0; i < 5; i++) opened.push(await wait(`open-${i}`));
  return { first, second, open: opened.sort((a, b) => a - b)[2] };
});
