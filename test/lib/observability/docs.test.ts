import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TierAlarm } from '../../../lib';
import { drawDashboard } from '../../../docs/pictures/dashboard';

const ROOT = join(__dirname, '../../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

test('the picture of the dashboard is what docs/pictures/dashboard.ts draws', () => {
  expect(read('docs/pictures/dashboard.svg')).toBe(drawDashboard());
});

test('each alarm has a section in docs/operations.md, where its description sends its reader', () => {
  const headings = [...read('docs/operations.md').matchAll(/^### (\w+)$/gm)].map(([, heading]) => heading);
  expect(headings).toEqual(expect.arrayContaining(Object.values(TierAlarm)));
});

test('each alarm is in the README', () => {
  const rows = [...read('lib/observability/README.md').matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  expect(rows).toEqual(expect.arrayContaining(Object.values(TierAlarm)));
});
