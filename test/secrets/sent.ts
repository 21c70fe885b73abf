import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';

const CHANNEL = 'http.client.request.start';

/** Remembers what every request of this process was sent to, whatever sent it. */
export class Sent {
  private readonly urls: string[] = [];

  private readonly onRequest = (message: unknown): void => {
    const { request } = message as { request: ClientRequest };
    this.urls.push(`${request.method} ${request.protocol}//${request.host}${request.path}`);
  };

  start(): this {
    subscribe(CHANNEL, this.onRequest);
    return this;
  }

  stop(): void {
    unsubscribe(CHANNEL, this.onRequest);
  }

  toString(): string {
    return this.urls.join('\n');
  }
}
