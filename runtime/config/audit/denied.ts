import type { AwsError } from '../../aws/errors.js';
import { CacheTiersError, show } from '../../errors.js';
import type { ResolvedQuery } from './query.js';
import { isWhole } from './sources.js';

/** Says which permission a query takes. */
export function deniedError({ name, actor, prefix = '/' }: ResolvedQuery, namespaces: readonly string[], cause: AwsError): CacheTiersError {
  return new CacheTiersError('E_CONFIG_AUDIT_DENIED', `the audit log may not be read so: ${needed()}`, { cause });

  function needed(): string {
    if (name !== undefined) return `grantReadAudit of the footprint, with a prefix that ${show(name)} is below, permits to read its records`;
    const covered = prefix === '/' ? namespaces.join(', ') : prefix;
    if (actor !== undefined) return `to read by actor takes grantReadAudit of the footprint with a prefix that has whole namespaces (${covered})`;
    if (isWhole(prefix, namespaces)) {
      return `to read by time takes grantReadAudit of the footprint with a prefix that has whole namespaces (${covered}). `
        + 'Whoever may read a part of a namespace asks for a narrower prefix, or for names';
    }
    return `grantReadAudit of the footprint with the prefix ${show(prefix)}, and grantReadNames, permit to read its records name by name`;
  }
}
