import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a connection begins with, and what keeps it: not of a query. */
const HANDSHAKE = new Set(['hello', 'auth', 'client', 'info', 'select', 'ping', 'command', 'monitor']);

/** Commands that a server of Redis's protocol is sent, without those that its scripts call. */
export class Monitor {
  static async open(url: string): Promise<Monitor> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const monitor = new Monitor(socket);
    socket.write('MONITOR\r\n');
    while (!monitor.text.startsWith('+OK\r\n')) await sleep(10);
    return monitor;
  }

  private text = '';

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('utf8').on('data', (data: string) => { this.text += data; }).on('error', () => undefined);
  }

  /** By name, how often. */
  counts(): Record<string, number> {
    const names = [...this.text.matchAll(/^\+\S+ \[\d+ (?!lua)[^\]]*\] "([^"]+)"/gm)].map(([, name]) => name.toLowerCase());
    const counts: Record<string, number> = {};
    for (const name of names) if (!HANDSHAKE.has(name)) counts[name] = (counts[name] ?? 0) + 1;
    return counts;
  }

  close(): void {
    this.socket.destroy();
  }
}
