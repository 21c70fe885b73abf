/* A process of its own that applies a plan. Run by the tests of this folder, which kill it. */
import { ConfigConnection } from '../../../../runtime/config/connection';
import { readPlanFile } from '../../../../runtime/config/restore/plan-reading';
import { PointInTimeRestore } from '../../../../runtime/config/restore/point-in-time-restore';

interface Settings {
  readonly region: string;
  readonly time: number;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly endpoints: Record<string, string>;
}

async function main(): Promise<void> {
  const { time, ...settings } = JSON.parse(process.argv[2]) as Settings;
  const connection = new ConfigConnection({ ...settings, footprint: 'main', home: false, now: () => time });
  const restore = new PointInTimeRestore({ connection });
  const options = { pace: { reads: 100_000, writes: 100_000 }, oldestLabels: 'remove', concurrency: 1 } as const;
  for await (const { name, status } of restore.apply(await readPlanFile(process.argv[3]), options)) process.stdout.write(`${name} ${status}\n`);
  connection.close();
}

void main();
