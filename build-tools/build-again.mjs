// Builds the package a second time, from the committed files in another folder, and compares the tarballs: who has the sources can check
// that what is published was made of them. `npm run package:js` first, on a clean checkout.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';

const AGAIN = resolve('dist/.again'); // hidden, as api-diff.mjs's is

function tarball(folder) {
  const found = readdirSync(join(folder, 'dist/js')).filter((name) => name.endsWith('.tgz'));
  if (found.length !== 1) {
    throw new Error(`expected one tarball in ${join(folder, 'dist/js')}, found ${JSON.stringify(found)}: run "npm run package:js" first`);
  }
  const bytes = readFileSync(join(folder, 'dist/js', found[0]));
  return { name: found[0], size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** The same files under another path: what is installed is not what is compared. */
function linkTree(from, to) {
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkTree(source, target);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else linkSync(source, target);
  }
}

const first = tarball('.');
rmSync(AGAIN, { recursive: true, force: true });
execFileSync('git', ['clone', '--quiet', '.', AGAIN]);
linkTree('node_modules', join(AGAIN, 'node_modules'));
for (const step of ['pre-compile', 'compile', 'docgen', 'package:js']) {
  execFileSync('npm', ['run', '--silent', step], { cwd: AGAIN, stdio: ['ignore', 'ignore', 'inherit'] });
}
const second = tarball(AGAIN);
rmSync(AGAIN, { recursive: true });

console.log(`${first.name}: ${first.size} bytes, SHA-256 ${first.sha256}`);
if (second.sha256 !== first.sha256) {
  console.log(`not ok: built again it has ${second.size} bytes, SHA-256 ${second.sha256}`);
  process.exitCode = 1;
} else {
  console.log('ok: built again it is the same');
}
