import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Stands between a client and a server of any protocol, and fails as told. */
export class TcpProxy {
  static async start(port: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(port);
    await proxy.listen(0);
    return proxy;
  }

  /** Connections taken so far. */
  connections = 0;
  private readonly sockets = new Set<Socket>();
  private silent = false;
  private listening = 0;

  private readonly server = createServer((near) => {
    this.connections += 1;
    const far = connect(this.target, '127.0.0.1');
    for (const [socket, other] of [[near, far], [far, near]]) {
      this.sockets.add(socket);
      socket.on('data', (bytes) => { if (!this.silent) other.write(bytes); });
      socket.on('close', () => { this.sockets.delete(socket); other.destroy(); });
      socket.on('error', () => other.destroy());
    }
  });

  private constructor(private readonly target: number) {}

  get port(): number {
    return this.listening;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.listening}`;
  }

  /** From now on everything is taken and nothing passed on; what is lost by then stays lost. */
  silence(): void {
    this.silent = true;
  }

  /** Resets every connection. New ones are taken. */
  cut(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  /** Closes the port, and what is open. */
  async refuse(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    this.cut();
    await closed;
  }

  async heal(): Promise<void> {
    this.silent = false;
    if (!this.server.listening) await this.listen(this.listening);
  }

  async close(): Promise<void> {
    await this.refuse();
  }

  private async listen(port: number): Promise<void> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    this.listening = (this.server.address() as AddressInfo).port;
  }
}
