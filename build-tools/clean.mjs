import { rmSync } from 'node:fs';

for (const folder of ['build', 'dist/js', '.jsii', 'tsconfig.tsbuildinfo']) rmSync(folder, { recursive: true, force: true });
