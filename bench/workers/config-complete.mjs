// A whole process: prints the names that begin with a text, as a completion does.
const [, , module, folder, text] = process.argv;
const { subject: search } = await import(module);
const names = await search(folder, text);
process.stdout.write(`${names.join('\n')}\n`);
