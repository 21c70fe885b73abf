import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectoryObjectStore } from '../../../runtime/stores/directory-object-store';
import { describeObjectStore } from '../../support/contracts/object-store';

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'object-store-')); });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeObjectStore('embedded', () => new DirectoryObjectStore({ folder: join(folder, 'contract', 'tasks'), durable: false }));
