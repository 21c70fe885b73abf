// The page in Chromium, with the service in this process and the cache that the environment names (in memory without):
//
//     npx tsx examples/live-query/test/browser.e2e.ts [folder for pictures]
import { buildAssets } from './assets';
import { checkPage } from './check-page';
import { serve } from '../server';
import { createService } from '../service';

async function main(): Promise<void> {
  const assets = buildAssets();
  const service = createService(assets.folder);
  const { server, url } = await serve(service);
  try {
    await service.engine.start();
    await checkPage(url, check, { pictures: process.argv[2] });
  } finally {
    server.closeAllConnections();
    server.close();
    await service.live.close();
    await service.engine.close();
    assets.remove();
  }
}

async function check(name: string, body: () => Promise<void>): Promise<void> {
  try {
    await body();
    console.log(`ok    ${name}`);
  } catch (error) {
    process.exitCode = 1;
    console.error(`FAIL  ${name}\n${(error as Error).message}`);
  }
}

void check('all of it', main);
