import '../environment';
import { answer } from '../process';
import { LiveApp, type Asked } from './live-app';

/** What the demo asks another process. */
export type LiveQuestion
  /** Asks so many times at once. */
  = | { readonly ask: Asked; readonly times?: number }
  /** Asks, and answers with the first bytes. `hold`: its engine stops in the middle. */
    | { readonly begin: Asked; readonly hold?: boolean }
  /** What came after them. */
    | { readonly rest: string }
  /** Lets the engine go on. */
    | 'release'
    | { readonly version: string }
    | 'numbers';

const { DEMO_S3: endpoint, DEMO_BUCKET: bucket, DEMO_INDEX: indexUrl, DEMO_KEY: masterKey, DEMO_ACCESS } = process.env;
const access = JSON.parse(DEMO_ACCESS!) as { region: string; credentials: { accessKeyId: string; secretAccessKey: string } };
const app = new LiveApp({ endpoint, bucket, indexUrl, masterKey, ...access });
const connected = app.live.connect();

answer<LiveQuestion>(async (question) => {
  await connected;
  if (question === 'numbers') return app.numbers();
  if (question === 'release') return app.release();
  if ('begin' in question) return app.begin(question.begin, question.hold);
  if ('version' in question) return app.live.setDatasetVersion('sales', question.version);
  const answers = 'rest' in question ? [await app.rest(question.rest)]
    : await Promise.all(Array.from({ length: question.times ?? 1 }, () => app.ask(question.ask)));
  await app.live.settled(); // so that what is in the cache does not depend on luck
  return answers;
});
