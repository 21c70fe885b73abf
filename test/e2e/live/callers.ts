// A process of callers with a client of its own: it does what run.ts orders. Settings are in its first argument.
import { createHash } from 'node:crypto';
import { LiveClient, type LiveResult } from '../../../runtime/live';
import { arrowResult, inPieces } from '../../support/live/arrow-result';
import { aDoor, heldAt, Reader } from '../../support/live/fixtures';
import type { Answer, FromProcess, Order, Settings, Taken, ToProcess } from './messages';

const PIECE = 100_000;

const client = new LiveClient(JSON.parse(process.argv[2]) as Settings);
const tell = (message: FromProcess) => process.send!(message);
let doors = { execution: aDoor(), reading: aDoor() };

async function carryOut({ callers, query, data, holdAt, pauseAt }: Order): Promise<Answer> {
  const bytes = arrowResult(data);
  const { execution, reading } = doors = { execution: aDoor(), reading: aDoor() };
  let executions = 0;
  const execute = () => {
    executions += 1;
    tell({ sign: 'executing' });
    return holdAt === undefined ? inPieces(bytes, PIECE) : heldAt(bytes, holdAt, execution);
  };
  const results = await Promise.all(Array.from({ length: callers }, () => client.query(query, execute)));
  const readers = results.map((result) => new Reader(result));
  tell({ sign: 'answered' });
  if (pauseAt !== undefined) {
    await Promise.all(readers.map((reader) => reader.upTo(pauseAt)));
    tell({ sign: 'paused' });
    await reading.opened;
  }
  const taken = await Promise.all(results.map((result, i) => takeAll(result, readers[i])));
  await client.settled();
  return { taken, executions, stats: client.stats() };
}

async function takeAll({ status, reason }: LiveResult, reader: Reader): Promise<Taken> {
  return { status: reason === undefined ? status : `${status} ${reason}`, digest: createHash('sha256').update(await reader.rest()).digest('hex') };
}

process.on('message', (message: ToProcess) => {
  if ('open' in message) return doors[message.open].open();
  const { id, order } = message;
  carryOut(order).then((answer) => tell({ id, answer }), (error: Error) => tell({ id, failure: String(error.stack) }));
});
process.on('disconnect', () => process.exit()); // whoever ordered is gone
void client.connect().then(() => tell({ ready: true }));
