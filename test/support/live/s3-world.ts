import { MemoryResultIndex } from '../../../runtime/live/index/memory-result-index';
import { ephemeralKeyRing } from '../../../runtime/live/keys/static-key-ring';
import type { LiveClientOptions } from '../../../runtime/live';
import { S3SegmentStore } from '../../../runtime/live/segments/s3-segment-store';
import { startS3, type S3Server } from '../s3-server';

/** Clients as in different processes, over the in-tree S3 server; each has connections and patience of its own. */
export class S3World {
  static async start(): Promise<S3World> {
    return new S3World(await startS3());
  }

  readonly index = new MemoryResultIndex();
  private readonly keys = ephemeralKeyRing('live');

  private constructor(readonly server: S3Server) {}

  parts(): NonNullable<LiveClientOptions['parts']> & { readonly segments: S3SegmentStore } {
    const { endpoint, clientConfig: { region, credentials }, bucket } = this.server;
    const segments = new S3SegmentStore({
      bucket, region, endpoint, credentials, insecure: true, env: {}, readTimeout: 300, writeTimeout: 300, idleTimeout: 300,
    });
    return { index: this.index, segments, keys: this.keys };
  }

  get objects(): string[] {
    return [...this.server.objects().keys()].sort();
  }

  async close(): Promise<void> {
    await this.index.close();
    await this.server.close();
  }
}
