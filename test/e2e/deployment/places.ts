import { join } from 'node:path';

export const ROOT = join(__dirname, '../../..');

/** Everything that the leg writes, the virtual environment and the logs too. */
export const OUT = join(ROOT, 'dist/e2e');

export const VENV = join(OUT, 'venv');
export const LOGS = join(OUT, 'logs');
/** A file a function. */
export const FUNCTION_LOGS = join(LOGS, 'functions');
/** What the cache-tiers command keeps, a folder an identity. */
export const HOMES = join(OUT, 'homes');
/** Variables for other terminals, while a run keeps what it has deployed. */
export const KEPT_FILE = join(OUT, 'kept.env');
export const CA_FILE = join(OUT, 'ca.pem');
export const CA_KEY_FILE = join(OUT, 'ca-key.pem');

export const REGION = 'us-east-1';
/** The emulator's. */
export const ACCOUNT = '000000000000';
