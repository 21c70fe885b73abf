// redis-server, or the one of npm where that is not installed. Asked for counts, it tells what clients have sent since it was asked last.
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { answer, params } from '../harness/child.mjs';
import { hasRedisServer, startRedis } from '../../test/support/redis-server.ts';

/** What clients say of themselves when they connect. */
const HANDSHAKES = ['HELLO', 'AUTH', 'CLIENT', 'SELECT', 'READONLY'];
/** What is asked here. */
const OWN = ['INFO', 'CONFIG', 'MONITOR'];

process.on('disconnect', () => process.exit());

/** Commands as they come, by MONITOR; not those that scripts call. */
async function monitored(port) {
  const sent = [];
  const socket = connect(port, '127.0.0.1');
  const lines = createInterface({ input: socket });
  await new Promise((resolve, reject) => {
    socket.once('error', reject);
    lines.once('line', resolve);
    socket.write('MONITOR\r\n');
  });
  lines.on('line', (line) => {
    const [, client, name] = /^\+[\d.]+ \[\d+ (\S+)\] "([^"]+)"/.exec(line) ?? [];
    if (client !== undefined && client !== 'lua') sent.push(name.toUpperCase());
  });
  return sent;
}

/** Calls of commands, those of scripts too, as INFO has them. */
async function performed(server) {
  const calls = Object.entries(await server.calls()).filter(([name]) => ![...HANDSHAKES, ...OWN].includes(name.split('|')[0].toUpperCase()));
  return calls.reduce((sum, [, count]) => sum + count, 0);
}

await answer(async () => {
  if (params.counts && !hasRedisServer) throw new Error('commands are counted by redis-server only: install it');
  const server = await startRedis();
  if (params.counts) {
    const sent = await monitored(server.port);
    process.on('message', async () => {
      const total = await performed(server);
      await new Promise((resolve) => setTimeout(resolve, 50)); // what MONITOR tells is on its way
      const all = sent.filter((name) => !OWN.includes(name));
      const handshakes = all.filter((name) => HANDSHAKES.includes(name)).length;
      await server.command('CONFIG', 'RESETSTAT');
      await new Promise((resolve) => setTimeout(resolve, 50));
      sent.length = 0;
      process.send({ sent: all.length - handshakes, withHandshakes: all.length, performed: total });
    });
  }
  return { indexUrl: server.url };
});
