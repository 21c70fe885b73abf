// What is shown of the page in a browser, wherever the service runs. Nothing here knows a time: a machine may be busy.
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { launchChromium } from '../../../test/support/chromium';

/** Runs one check, and says how it went. */
export type Check = (name: string, body: () => Promise<void>) => Promise<unknown>;

export interface PageOptions {
  /** Folder for pictures of the page. @default - none are taken */
  readonly pictures?: string;
  /** For Chromium: names to resolve, certificates to accept. */
  readonly args?: readonly string[];
}

const LIMIT = 60_000;
/** The answer is complete: the last byte is there, or a failure. */
const COMPLETE = '#stop:disabled';

/** @param url of the service's page */
export async function checkPage(url: string, check: Check, { pictures, args = [] }: PageOptions = {}): Promise<void> {
  const browser = await launchChromium(args);
  try {
    const page = await browser.newPage({ viewport: { width: 1180, height: 900 }, ignoreHTTPSErrors: true });
    page.setDefaultTimeout(LIMIT);
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('status of 400')) complaints.push(message.text());
    });
    page.on('request', (request) => {
      if (request.url().startsWith('http') && new URL(request.url()).host !== new URL(url).host) complaints.push(`asks ${request.url()}`);
    });
    const picture = (name: string) => pictures === undefined ? undefined : page.screenshot({ path: path.join(pictures, `${name}.png`) });
    await page.goto(url);
    // Nobody else's results: the service may have been asked before.
    await page.fill('#tenant', `tenant-${randomUUID()}`);

    await check('the page runs a query: a miss, and rows in its table', async () => {
      await page.click('#run');
      deepStrictEqual(await answerOf(page), { status: 'miss', rows: '170,000' });
      strictEqual(await page.locator('#table tbody tr').count(), 100);
      deepStrictEqual(await page.locator('#table thead th').allInnerTexts(), COLUMNS);
      match(await page.locator('#table tbody tr').first().innerText(), /^2025-01-\d\d\tFrance\t0\t[\d.,]+\t[\d.,]+$/);
      await picture('miss');
    });

    await check('again by the keyboard: a hit of the same size, with an age', async () => {
      const bytes = await page.innerText('#bytes');
      strictEqual(await page.innerText('#run'), 'Run again');
      await page.waitForTimeout(1100);
      await page.press('#sql', 'Control+Enter');
      deepStrictEqual(await answerOf(page), { status: 'hit', rows: '170,000' });
      strictEqual(await page.innerText('#bytes'), bytes);
      ok(Number.parseInt(await page.innerText('#age'), 10) >= 1, `age is ${await page.innerText('#age')}`);
      await picture('hit');
    });

    await check('another tenant does not see it', async () => {
      const tenant = await page.inputValue('#tenant');
      await page.selectOption('#example', 'countries');
      await page.click('#run');
      deepStrictEqual(await answerOf(page), { status: 'miss', rows: '4' });
      await page.fill('#tenant', `tenant-${randomUUID()}`);
      await page.click('#run');
      strictEqual((await answerOf(page)).status, 'miss');
      await page.fill('#tenant', tenant);
      await page.click('#run');
      strictEqual((await answerOf(page)).status, 'hit');
    });

    await check('reload executes it again, and so does an invalidation', async () => {
      await page.click('#reload');
      strictEqual((await answerOf(page)).status, 'miss');
      await page.click('#invalidate');
      await page.locator('#status', { hasText: 'invalidated' }).waitFor();
      await page.click('#run');
      strictEqual((await answerOf(page)).status, 'miss');
    });

    await check('a preview goes past the cache, and shows its first rows', async () => {
      await page.selectOption('#example', 'all');
      await page.click('#preview');
      const { status, rows } = await answerOf(page);
      match(status, /^bypass/);
      strictEqual(rows, '50');
      await page.click('#preview');
      match((await answerOf(page)).status, /^bypass/);
      await picture('preview');
    });

    await check('a query that is wrong is told with DuckDB\'s reason', async () => {
      await page.fill('#sql', 'SELECT amuont FROM sales');
      await page.click('#run');
      strictEqual((await answerOf(page)).status, 'failed');
      match(await page.innerText('[role=alert]'), /"amuont" not found[^]*Candidate bindings/);
      await picture('error');
    });

    await check('what a query would change is refused', async () => {
      await page.fill('#sql', 'DELETE FROM sales');
      await page.click('#run');
      match(await page.innerText('[role=alert]:visible'), /syntax error/);
    });

    await check('dark, and narrow: nothing is cut off', async () => {
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.selectOption('#example', 'countries');
      await page.click('#run');
      strictEqual((await answerOf(page)).rows, '4');
      await picture('dark');
      await page.setViewportSize({ width: 400, height: 900 });
      const wide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
      strictEqual(wide, 0, 'the page is wider than its window');
      await picture('narrow');
    });

    await check('nothing went wrong in the page, and nobody else was asked for anything', () => {
      deepStrictEqual(complaints, []);
      return Promise.resolve();
    });
  } finally {
    await browser.close();
  }
}

const COLUMNS = ['day Date32<DAY>', 'country Utf8', 'product Int32', 'amount Float64', 'average Float64'];

async function answerOf(page: Page): Promise<{ readonly status: string; readonly rows: string }> {
  await page.locator(COMPLETE).waitFor();
  return { status: await page.innerText('#status'), rows: await page.innerText('#rows') };
}
