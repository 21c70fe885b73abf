#!/usr/bin/env node
/*
 * The one file that is CommonJS when it is bundled: Node takes longer to begin with ES modules than completion may take in all. What completion
 * needs is in it; the rest, which is ES modules for Ink's sake, is beside it.
 */
const [first, ...others] = process.argv.slice(2);
if (first === '__complete') void import('./completion/complete.js').then(({ complete }) => complete(others));
else void import('./start.js').then(({ start }) => start(process.argv.slice(2)));

export {};
