// Compares the framer with pyarrow on streams that are written anew. Usage: npx tsx test/e2e/arrow/run.ts
import { join } from 'node:path';
import { checkPyarrowStreams } from './pyarrow';
import { check, finish } from '../checks';

void check('the framer counts what pyarrow counts', () => checkPyarrowStreams(join(__dirname, '../../../dist/arrow'))).then(finish);
