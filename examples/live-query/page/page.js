import { DataType, RecordBatchReader } from 'apache-arrow';

const SHOWN_ROWS = 100;
const SHOWN_RUNS = 6;

const EXAMPLES = {
  week: `SELECT day, country, product, amount,
       avg(amount) OVER (
         PARTITION BY country, product ORDER BY day
         ROWS BETWEEN 6 PRECEDING AND CURRENT ROW
       ) AS average
FROM sales
ORDER BY country, product, day
LIMIT 170000`,
  countries: `SELECT country, count(*) AS sales, sum(amount) AS amount, max(amount) AS largest
FROM sales
GROUP BY country
ORDER BY country`,
  all: `SELECT *
FROM sales
LIMIT 500000`,
};

const element = (id) => document.getElementById(id);
const [head, body] = [element('table').tHead, element('table').tBodies[0]];
const buttons = ['run', 'reload', 'preview', 'invalidate'].map(element);
let running;
/** What the last run asked, so that the button can say that the next one asks the same. */
let lastAsked;
const runs = [];

const milliseconds = (time) => time >= 1000 ? `${(time / 1000).toFixed(2)} s` : `${time < 10 ? time.toFixed(1) : Math.round(time)} ms`;
const size = (bytes) => bytes >= 1e6 ? `${(bytes / 1e6).toFixed(2)} MB` : bytes >= 1e3 ? `${(bytes / 1e3).toFixed(1)} kB` : `${bytes} B`;
const count = (number) => number.toLocaleString('en');
const asked = () => `${element('tenant').value}\n${element('sql').value}`;

/** Asks, and shows what comes while it comes. */
async function run(path, cache) {
  const leaving = running = new AbortController();
  const started = performance.now();
  const now = () => performance.now() - started;
  reset();
  try {
    const tenant = element('tenant').value.trim();
    const response = await fetch(path, {
      method: 'POST', signal: leaving.signal,
      headers: { 'content-type': 'application/json', ...(tenant && { 'x-tenant': tenant }) },
      body: JSON.stringify({ sql: element('sql').value, ...(cache && { cache }) }),
    });
    if (!response.ok) throw await failure(response);
    const status = response.headers.get('x-cache').replace('; reason=', ': ');
    show({ status, age: `${response.headers.get('age') ?? 0} s` });

    let bytes = 0;
    const counted = new TransformStream({
      transform(chunk, controller) {
        if (bytes === 0) show({ 'first-byte': milliseconds(now()) });
        bytes += chunk.byteLength;
        controller.enqueue(chunk);
      },
    });
    let rows = 0;
    const reader = await RecordBatchReader.from(response.body.pipeThrough(counted));
    await reader.open();
    showColumns(reader.schema.fields);
    for await (const batch of reader) {
      if (rows < SHOWN_ROWS) showRows(batch, SHOWN_ROWS - rows);
      rows += batch.numRows;
      show({ bytes: size(bytes), rows: count(rows) });
    }
    show({ bytes: size(bytes), rows: count(rows), 'last-byte': milliseconds(now()) });
    remember(status, now());
    if (path === 'query') lastAsked = asked();
  } catch (error) {
    if (leaving.signal.aborted) show({ status: 'stopped' });
    else fail(error);
  } finally {
    running = undefined;
    ready();
  }
}

async function failure(response) {
  const answer = await response.text();
  try {
    return new Error(JSON.parse(answer).error.message);
  } catch {
    return new Error(`${response.status} ${response.statusText}: ${answer.slice(0, 500)}`);
  }
}

function fail(error) {
  show({ status: 'failed' });
  element('error').textContent = error.message;
  element('error').hidden = false;
}

function reset() {
  for (const button of buttons) button.disabled = true;
  element('stop').disabled = false;
  element('error').hidden = true;
  show({ status: 'asking …', age: '–', 'first-byte': '–', 'last-byte': '–', bytes: '–', rows: '–' });
  head.replaceChildren();
  body.replaceChildren();
  element('empty').hidden = false;
}

function ready() {
  for (const button of buttons) button.disabled = false;
  element('stop').disabled = true;
  element('run').textContent = asked() === lastAsked ? 'Run again' : 'Run';
}

function show(figures) {
  for (const [id, text] of Object.entries(figures)) element(id).textContent = text;
  if (figures.status) element('status').dataset.status = toneOf(figures.status);
}

const toneOf = (status) => status.split(/[^a-z]/)[0];

/** The last runs as bars beside each other: what a hit saves. */
function remember(status, time) {
  runs.unshift({ status, time });
  runs.splice(SHOWN_RUNS);
  const longest = Math.max(...runs.map((one) => one.time));
  element('runs').replaceChildren(...runs.map((one) => {
    const item = create('li', { 'data-status': toneOf(one.status) });
    const bar = create('progress', { max: '1', value: String(Math.max(one.time / longest, 0.004)), 'aria-hidden': 'true' });
    item.append(create('span', { class: 'name' }, one.status), bar, create('span', { class: 'time' }, milliseconds(one.time)));
    return item;
  }));
}

function showColumns(fields) {
  const row = create('tr');
  for (const { name, type } of fields) {
    const cell = create('th', { scope: 'col', ...(isNumber(type) && { class: 'number' }) }, name);
    cell.append(' ', create('small', {}, String(type)));
    row.append(cell);
  }
  head.replaceChildren(row);
}

function showRows(batch, atMost) {
  const columns = batch.schema.fields.map(({ name, type }) => ({ type, values: batch.getChild(name) }));
  for (let index = 0; index < Math.min(batch.numRows, atMost); index += 1) {
    const row = create('tr');
    for (const { type, values } of columns) row.append(create('td', isNumber(type) ? { class: 'number' } : {}, textOf(values.get(index), type)));
    body.append(row);
  }
  element('empty').hidden = body.rows.length > 0;
}

const isNumber = (type) => DataType.isInt(type) || DataType.isFloat(type) || DataType.isDecimal(type);

function textOf(value, type) {
  if (value === null || value === undefined) return '∅';
  if (DataType.isDate(type)) return new Date(Number(value)).toISOString().slice(0, 10);
  if (DataType.isFloat(type)) return value.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  return String(value);
}

function create(name, attributes = {}, text) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

async function invalidate() {
  const response = await fetch('invalidate', { method: 'POST', body: JSON.stringify({ dataset: 'sales' }) });
  if (!response.ok) fail(await failure(response));
  else show({ status: 'invalidated', age: '–' });
}

element('form').addEventListener('submit', (event) => {
  event.preventDefault();
  if (!running) void run('query');
});
element('reload').addEventListener('click', () => void run('query', 'reload'));
element('preview').addEventListener('click', () => void run('preview'));
element('invalidate').addEventListener('click', () => invalidate().catch(fail));
element('stop').addEventListener('click', () => running?.abort());
element('example').addEventListener('change', ({ target }) => {
  element('sql').value = EXAMPLES[target.value];
  if (!running) ready();
});
for (const id of ['sql', 'tenant']) element(id).addEventListener('input', () => running || ready());
document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) element('form').requestSubmit();
  if (event.key === 'Escape') running?.abort();
});
element('sql').value = EXAMPLES.week;
