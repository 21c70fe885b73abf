declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface DynaliteOptions {
    readonly createTableMs?: number;
    readonly deleteTableMs?: number;
    readonly updateTableMs?: number;
  }

  /** An HTTP server with DynamoDB's protocol, in memory; closing it closes its database. */
  export default function dynalite(options?: DynaliteOptions): Server;
}
