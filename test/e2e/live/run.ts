// The live tier's client in several processes, over redis-server and radosgw. Usage: npx tsx test/e2e/live/run.ts
import { join } from 'node:path';
import { checkLiveProcesses } from './live';
import { finish } from '../checks';

void checkLiveProcesses(join(__dirname, '../../../dist/live')).finally(finish);
