// Tells Node which module system each build of the clients is in: the package itself is CommonJS, as jsii needs.
import { writeFileSync } from 'node:fs';

for (const [format, type] of [['esm', 'module'], ['cjs', 'commonjs']]) {
  writeFileSync(`build/${format}/package.json`, `${JSON.stringify({ type, sideEffects: false })}\n`);
}
