#!/usr/bin/env node
const [first, ...others] = process.argv.slice(2);
if (first === '__complete') { // a key was pressed: what commands need is not loaded
  const { complete } = await import('./completion/complete.js');
  await complete(others);
} else {
  const { start } = await import('./start.js');
  await start(process.argv.slice(2));
}

export {};
