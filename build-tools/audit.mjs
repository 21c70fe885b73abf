// What `npm audit` says of the packages whose code we ship: those are what users get, and they cannot update them by themselves.
// Of all others, which only build and test, it is printed. `npm run bundle` first.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const { stdout } = spawnSync('npm', ['audit', '--json'], { encoding: 'utf8', maxBuffer: 1 << 26 });
const report = JSON.parse(stdout || '{}');
if (report.vulnerabilities === undefined) {
  console.log(`not checked: the registry gives no advisories (${report.message ?? report.error?.summary ?? 'npm audit printed nothing'})`);
} else {
  const shipped = new Set([...readFileSync('build/THIRD-PARTY-NOTICES.txt', 'utf8').matchAll(/^(\S+) \S+ \([^)\n]*; in: /gm)].map(([, name]) => name));
  if (shipped.size === 0) throw new Error('build/THIRD-PARTY-NOTICES.txt names no package: run "npm run bundle" first');
  const found = Object.values(report.vulnerabilities).map(({ name, severity, via }) => {
    const why = via.map((cause) => cause.title ?? cause).join('; ');
    return { name, line: `${name}: ${severity}: ${why}` };
  });
  for (const { name, line } of found) console.log(`${shipped.has(name) ? 'not ok: shipped' : 'builds and tests only'}: ${line}`);
  const count = found.filter(({ name }) => shipped.has(name)).length;
  console.log(`${shipped.size} packages are shipped, ${count} of them with an advisory`);
  process.exitCode = count === 0 ? 0 : 1;
}
