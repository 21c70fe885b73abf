import { AwsError } from '../../aws/errors.js';
import { CacheTiersError, InvalidArgumentError } from '../../errors.js';
import { putParameterInput, tagsOf } from '../parameters/put-input.js';
import type { DeleteResult, OwnChanges, OwnPut, PutOptions, PutResult } from './options.js';
import type { ParameterCalls } from './parameter-calls.js';
import { writableName } from './reference.js';
import type { ConfigTelemetry } from './telemetry.js';
import type { ValueCache } from './value-cache.js';
import { explainWrite } from './write-errors.js';

export interface ParameterWriterOptions {
  readonly calls: ParameterCalls;
  readonly telemetry: ConfigTelemetry;
  readonly now: () => number;
  readonly onChange?: OwnChanges;
  readonly changed: (...change: Parameters<ValueCache['changed']>) => void;
}

/** DeleteParameters takes so many names. */
const BATCH = 10;

/** Some parameters could not be deleted. Those in `deleted` are gone; those in neither list have not been tried, or it is not known. */
export class ParametersNotDeletedError extends CacheTiersError {
  constructor(readonly deleted: readonly string[], readonly missing: readonly string[], all: number, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super('E_CONFIG_DELETE', `${deleted.length} of ${all} parameters were deleted, then: ${reason}`, { cause });
    this.name = 'ParametersNotDeletedError';
  }
}

/** Writes parameters, and tells at once who keeps something of them. */
export class ParameterWriter {
  constructor(private readonly options: ParameterWriterOptions) {}

  async put(given: string, value: string, put: PutOptions, readsDecrypted: boolean): Promise<PutResult> {
    const name = writableName(given);
    if (typeof value !== 'string' || value === '') {
      throw new InvalidArgumentError('E_CONFIG_VALUE', `value of ${JSON.stringify(name)} must be a text of at least one character, `
        + `got ${value === '' ? 'an empty one' : `a ${typeof value}`}`);
    }
    const answer = await this.call<{ Version?: number; Tier?: string }>('PutParameter', putInput(name, value, put), name, put.signal);
    const version = answer.Version ?? 0;
    // An image's id is checked after the answer, and without decryption a value is read as its ciphertext: then only reading tells.
    const known = readsDecrypted && put.dataType !== 'aws:ec2:image' && version > 0;
    this.options.changed(name, known ? { name, value, version, type: put.type ?? 'String' } : undefined, true);
    this.options.telemetry.add('puts');
    this.options.telemetry.publish('change', () => ({ operation: 'put', name, version }));
    await this.tell('onChange.put', (changes) => changes.put(name, metadataOfPut(put, version, answer.Tier, this.options.now())));
    if (put.overwrite && put.tags !== undefined) await this.addTags(name, put, version);
    return { version, ...(answer.Tier === undefined ? {} : { tier: answer.Tier }) };
  }

  async delete(given: readonly string[], signal?: AbortSignal): Promise<DeleteResult> {
    const names = [...new Set(given.map(writableName))];
    const deleted: string[] = [];
    const missing: string[] = [];
    for (let at = 0; at < names.length; at += BATCH) {
      const batch = names.slice(at, at + BATCH);
      try {
        for (const name of await this.deleteBatch(batch, signal)) deleted.push(name);
      } catch (error) {
        if (names.length === 1) throw error;
        throw new ParametersNotDeletedError(deleted, missing, names.length, error);
      }
      missing.push(...batch.filter((name) => !deleted.includes(name)));
    }
    return { deleted, missing };
  }

  private async deleteBatch(batch: readonly string[], signal?: AbortSignal): Promise<readonly string[]> {
    let deleted: readonly string[] | undefined;
    try {
      ({ DeletedParameters: deleted = [] } = await this.call<{ DeletedParameters?: readonly string[] }>(
        'DeleteParameters', { Names: batch }, batch.join(', '), signal));
      return deleted;
    } finally {
      // Those that were not there, and those of which nothing is known, are forgotten as well.
      for (const name of batch) this.options.changed(name, undefined, false);
      for (const name of deleted ?? []) {
        this.options.telemetry.add('deletes');
        this.options.telemetry.publish('change', () => ({ operation: 'delete', name }));
        await this.tell('onChange.delete', (changes) => changes.delete(name));
      }
    }
  }

  private async addTags(name: string, { tags, signal }: PutOptions, version: number): Promise<void> {
    try {
      await this.call('AddTagsToResource', { ResourceType: 'Parameter', ResourceId: name, Tags: tagsOf(tags) }, name, signal);
    } catch (cause) {
      throw new CacheTiersError('E_CONFIG_TAGS', `version ${version} of ${JSON.stringify(name)} was put, but its tags were not added: `
        + `${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  }

  private async call<O extends object>(
    operation: 'PutParameter' | 'DeleteParameters' | 'AddTagsToResource', input: object, name: string, signal?: AbortSignal,
  ): Promise<O> {
    try {
      return await this.options.calls.call<O>(operation, () => input, signal) as O;
    } catch (error) {
      // Whether it was done is not known if there was no answer, so what is in memory may be wrong.
      if (operation === 'PutParameter' && !(error instanceof AwsError && error.failure === 'request')) this.options.changed(name, undefined, true);
      throw explainWrite(error, name);
    }
  }

  private async tell(operation: string, run: (changes: OwnChanges) => void | Promise<void>): Promise<void> {
    try {
      if (this.options.onChange !== undefined) await run(this.options.onChange);
    } catch (error) { // the change itself is done
      this.options.telemetry.swallowed(operation, error);
    }
  }
}

function putInput(name: string, value: string, put: PutOptions): object {
  const { overwrite = false, tags, policies } = put;
  return putParameterInput({ ...put, name, value, overwrite, tags: overwrite ? undefined : tags, policies: policiesText(policies) });
}

function policiesText(policies: PutOptions['policies']): string | undefined {
  return policies === undefined || typeof policies === 'string' ? policies : JSON.stringify(policies);
}

function metadataOfPut(put: PutOptions, version: number, tier: string | undefined, lastModified: number): OwnPut {
  const { type, keyId, dataType, description, allowedPattern } = put;
  const known = { type, keyId, dataType, description, allowedPattern, tier: tier ?? put.tier, policies: policiesText(put.policies) };
  return { version, lastModified, ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)) };
}
