import { createConsumer } from '../../../../lambda-src/shared/config/consumer';
import { parseEvent } from '../../../../lambda-src/shared/config/events/parse';
import { namespaceOf } from '../../../../lambda-src/shared/config/namespaces';
import type { Outcome, ParameterEvent } from '../../../../lambda-src/shared/config/parameter-event';
import { NotVisibleYet } from '../../../../lambda-src/shared/config/parameter-store';
import { createLogger, createMetrics } from '../../../../lambda-src/shared/config/telemetry';
import { ACCOUNT, REGION, SECRET } from '../../../support/parameter-events/envelopes';
import { NAMESPACES } from '../../../support/parameter-events/fixtures';
import { hostileBody, randomOf } from '../../../support/parameter-events/hostile';
import { batchOf, captureOutput, contextWith, MemoryDeadLetters, RecordingRedelivery } from '../../../support/parameter-events/messages';

const EVENTS = 100_000;
const BATCH = 50;
const SEED = Number(process.env.SEED) || Date.now() % 2 ** 31;

const { stackTraceLimit } = Error;
let output: ReturnType<typeof captureOutput>;

beforeEach(() => {
  output = captureOutput();
  Error.stackTraceLimit = 2; // what maps stacks to sources takes most of the time otherwise
});
afterEach(() => {
  output.restore();
  Error.stackTraceLimit = stackTraceLimit;
});

type Fate = 'handled' | 'failed' | 'ignored' | 'rejected';

/** What the consumer does with a change: always the same with the same one. */
function fateOf({ name, labels, kind, action }: ParameterEvent): 'handled' | 'failed' {
  return (name.length + action.length + kind.length + (labels?.length ?? 0)) % 3 === 0 ? 'failed' : 'handled';
}

async function apply(event: ParameterEvent): Promise<Outcome> {
  if (fateOf(event) === 'handled') return event.version === undefined ? 'handled' : 'duplicate';
  if (event.kind === 'delete') throw new NotVisibleYet(event.name);
  throw event.kind === 'label' ? SECRET : new Error(`${SECRET}\n    at ${SECRET}`, { cause: SECRET });
}

/** What is to become of a message. */
function expectedFate(body: string): Fate {
  try {
    const { events, ignored } = parseEvent(JSON.parse(body), NAMESPACES, { account: ACCOUNT, region: REGION });
    if (ignored !== undefined) return 'ignored';
    return events.some((event) => fateOf(event) === 'failed') ? 'failed' : 'handled';
  } catch {
    return 'rejected';
  }
}

test(`of ${EVENTS} hostile events none crashes a batch, has a part in another, is lost or makes a secret be printed (SEED=${SEED})`, async () => {
  const random = randomOf(SEED);
  const deadLetters = new MemoryDeadLetters();
  const applied: ParameterEvent[] = [];
  const consumer = { handlerName: 'handler', apply: (event: ParameterEvent) => { applied.push(event); return apply(event); } };
  const handler = createConsumer({
    consumer, namespaces: NAMESPACES, maxReceiveCount: 5, deadLetters, redelivery: new RecordingRedelivery(),
    metrics: createMetrics(), logger: createLogger('handler'), now: Date.now,
  });
  const problems: string[] = [];
  const seen: Partial<Record<Fate, number>> = {};

  for (let batch = 0; batch < EVENTS / BATCH; batch += 1) {
    const bodies = Array.from({ length: BATCH }, () => hostileBody(random));
    const last = random(4) === 0;
    const { batchItemFailures } = await handler(batchOf(bodies, last ? 5 : 1), contextWith());

    const fates = bodies.map(expectedFate);
    for (const fate of fates) seen[fate] = (seen[fate] ?? 0) + 1;
    const failures = fates.flatMap((fate, index) => fate === 'failed' && !last ? [`m${index}`] : []);
    const dead = bodies.filter((_, index) => fates[index] === 'rejected' || (last && fates[index] === 'failed'));
    const text = output.printed.splice(0).join('');
    const ignored = /"EventsIgnored":(\d+)/.exec(text)?.[1] ?? '0';
    const wrong = [
      batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).sort().join() !== failures.sort().join() && 'other messages failed than should',
      deadLetters.letters.map(({ body }) => body).sort().join() !== dead.sort().join() && 'other dead letters than should be',
      Number(ignored) !== fates.filter((fate) => fate === 'ignored').length && 'not as many ignored as should be',
      deadLetters.letters.some(({ reason, handler: by }) => !reason || by !== 'handler') && 'a dead letter without reason or handler',
      deadLetters.letters.some(({ reason }) => reason.includes(SECRET)) && 'a secret in a reason',
      text.includes(SECRET) && 'a secret was printed',
      applied.some(({ name }) => !/^[\w./-]+$/.test(name) || namespaceOf(name, NAMESPACES) === undefined) && 'a name got through',
      JSON.stringify(applied.map(({ name, eventId, kind }) => [name, eventId, kind])).includes(SECRET) && 'a secret in an event',
    ];
    problems.push(...wrong.filter((problem) => problem !== false).map((problem) => `batch ${batch}: ${problem}`));
    deadLetters.letters.length = 0;
    applied.length = 0;
  }

  expect(problems).toEqual([]);
  expect(({} as Record<string, unknown>).errorCode).toBeUndefined(); // no event has changed what all objects inherit
  expect(Object.values(seen).filter((times) => times > EVENTS / 100)).toHaveLength(4); // the claim is about all that can become of one
}, 60_000);
