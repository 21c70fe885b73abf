import { AwsError } from '../../aws/errors.js';
import { CacheTiersError, show } from '../../errors.js';

/** The same stream; of what is not permitted, the error says which permission it takes. @param path absent: the whole log is read */
export async function* clearly<T>(items: AsyncIterable<T>, path?: string): AsyncGenerator<T> {
  try {
    yield* items;
  } catch (error) {
    if (!(error instanceof AwsError) || error.name !== 'AccessDeniedException') throw error;
    const needed = path === undefined
      ? 'to read the whole log takes grantReadAudit of the footprint with the prefix "/". Whoever may read a part of it asks for a path or for names'
      : `grantReadAudit of the footprint with the prefix ${show(path)}, and grantReadNames, permit to replay it name by name`;
    throw new CacheTiersError('E_CONFIG_AUDIT_DENIED', `the audit log may not be read so: ${needed}`, { cause: error });
  }
}
