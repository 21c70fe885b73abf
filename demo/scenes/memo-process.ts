import '../environment';
import { answer } from '../process';
import { openApp, type Product } from './memo-app';

/** What the demo asks another process. */
export type MemoQuestion
  /** Calls the function so many times at once. */
  = | { readonly call: string; readonly times?: number }
    | 'numbers';

const { memoize, product, numbers } = openApp({ endpoint: process.env.DEMO_ENDPOINT, table: process.env.DEMO_TABLE });

answer<MemoQuestion>(async (question) => {
  if (question === 'numbers') return numbers();
  const values: Product[] = await Promise.all(Array.from({ length: question.times ?? 1 }, () => product(question.call)));
  await memoize.settled(); // so that what the table has does not depend on luck
  return values;
});
