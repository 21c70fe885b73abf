import type { Validity } from '../manifest/shapes.js';

/** What a record says of how long it may be reused, in words. */
export function validityText(validity: Validity): string {
  switch (validity.kind) {
    case 'forever': return 'as long as its key stays the same';
    case 'ttl': return `until ${new Date(validity.until).toISOString()}`;
    case 'run': return `within run ${validity.run}`;
    case 'epoch': return `within epoch ${validity.name}`;
  }
}
