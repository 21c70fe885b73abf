import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { barsOf, captionOf, type KeptRun } from '../../bench/pictures/bars';
import { CHOSEN } from '../../bench/pictures/chosen';

const BENCH = join(__dirname, '../../bench');
const read = (path: string) => readFileSync(join(BENCH, path), 'utf8');
const runs = readdirSync(join(BENCH, 'results')).map((file) => [file, JSON.parse(read(`results/${file}`)) as KeptRun] as const);
const pictures = readdirSync(join(BENCH, 'pictures')).filter((name) => name.endsWith('.svg'));

const RUN: KeptRun = {
  claim: 'a-claim', date: '2026-01-02', command: 'npm run bench -- a-claim --keep', node: 'v20.0.0', processors: 4, load: [0.5, 1], quick: false,
  results: [{
    claim: 'a-claim/time', title: 'How <long>', unit: 'ms', better: 'lower', goal: 50,
    figures: [
      { name: 'slow', role: 'peer', value: 200 }, { name: 'ours', role: 'ours', value: 100 }, { name: 'bare', role: 'limit', value: 50 },
      { name: 'silent', role: 'peer', value: 'never' }, { name: 'wrong', role: 'peer', value: 'error' },
    ],
  }],
};
function widths(svg: string, kind: string): number[] {
  return [...svg.matchAll(new RegExp(`<rect class="${kind}"[^>]* width="([\\d.]+)"`, 'g'))].map(([, width]) => Number(width));
}

test('there are pictures, and each is of a result that is kept', () => {
  expect(pictures.length).toBeGreaterThan(0);
  expect(pictures.map((name) => name.replace('.svg', '')).sort()).toEqual(runs.map(([file]) => file.replace('.json', '')).sort());
});

test.each(runs)('%s: the picture is what is drawn of it', (file, run) => {
  expect(`${run.claim}.json`).toBe(file);
  expect(read(`pictures/${run.claim}.svg`)).toBe(barsOf(run, CHOSEN[run.claim]));
});

test.each(runs)('%s says when, on what and by which command it was measured', (_, run) => {
  expect(run.date).toMatch(/^\d{4}-\d\d-\d\d$/);
  expect(run.node).toMatch(/^v\d+\.\d+\.\d+$/);
  expect(run.processors).toBeGreaterThan(0);
  expect(run.command).toBe(`npm run bench -- ${run.claim} --keep${run.quick ? ' --quick' : ''}`);
  const svg = read(`pictures/${run.claim}.svg`);
  for (const line of captionOf(run)) expect(svg).toContain(line);
});

test('what is chosen is there', () => {
  for (const claim of Object.keys(CHOSEN)) expect(runs.map(([, run]) => run.claim)).toContain(claim);
});

test('bars are as long as their figures, whoever is best first', () => {
  const svg = barsOf(RUN);
  expect(widths(svg, 'ours')[0]! * 2).toBeCloseTo(widths(svg, 'peer')[0]!, 0);
  expect(widths(svg, 'limit')[0]! * 4).toBeCloseTo(widths(svg, 'peer')[0]!, 0);
  expect(svg.indexOf('bare (limit)')).toBeLessThan(svg.indexOf('>ours<'));
  expect(svg.indexOf('>ours<')).toBeLessThan(svg.indexOf('>slow<'));
});

test('what never came and what came wrong have words in place of a bar', () => {
  const svg = barsOf(RUN);
  expect(widths(svg, 'peer')).toHaveLength(1);
  expect(svg).toContain('>never<');
  expect(svg).toContain('>error<');
});

test('names cannot be markup, and colours follow the reader\'s scheme', () => {
  const svg = barsOf(RUN);
  expect(svg).toContain('How &lt;long&gt;');
  expect(svg).toContain('@media(prefers-color-scheme:dark)');
});

test('the caption says how much it is worth', () => {
  expect(captionOf(RUN)).toEqual(['2026-01-02, Node v20.0.0, 4 processors, load 0.5 to 1.', 'Medians of several rounds.', RUN.command]);
  expect(captionOf({ ...RUN, quick: true, load: [9, 9] }).join(' ')).toContain('load 9, a busy machine. Quick: one round');
});

test('fails for a result that the run does not have', () => {
  expect(() => barsOf(RUN, ['space'])).toThrow('results/a-claim.json has no result "a-claim/space": mend pictures/chosen.ts');
});
