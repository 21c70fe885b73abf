// As bentocache.mjs, with everything on that its documentation has against a slow or broken table.
import { openWith } from './bentocache.mjs';

export const open = openWith({ l2CircuitBreakerDuration: '30s', timeout: '100ms', hardTimeout: '500ms', lockTimeout: '500ms' });
