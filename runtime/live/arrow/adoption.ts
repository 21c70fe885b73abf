import type { Data, DataType, Field, RecordBatch, Schema, Vector } from 'apache-arrow';
import { CacheTiersError } from '../../errors.js';
import type { Arrow } from './arrow-module.js';

type Maker<T> = new (...args: unknown[]) => T;

/**
 * Makes record batches of another copy of `apache-arrow` into those of our own, sharing their buffers. There may be two copies, and be it
 * one version as a CommonJS and as an ES module. The library knows its objects by their classes, and writes nothing at all of foreign ones.
 *
 * What is the same stays the same, as the writer sees by that whether a dictionary has changed.
 */
export class Adoption {
  private readonly known = new WeakMap<object, object>();

  constructor(private readonly arrow: Arrow) {}

  /** @param batch of any copy; without data, one without rows */
  own(batch: RecordBatch): RecordBatch {
    // Not by instanceof, which its latest versions answer with yes for foreign ones too, though they cannot write them.
    if (Object.prototype.isPrototypeOf.call(this.arrow.RecordBatch.prototype, batch)) return batch;
    const schema = this.once(batch.schema, (foreign) => this.schema(foreign));
    const data = batch.data ? this.data(batch.data as Data) : undefined;
    // Versions before 21.2 have no metadata of batches.
    return new (this.arrow.RecordBatch as unknown as Maker<RecordBatch>)(schema, data, batch.metadata ?? new Map());
  }

  private once<T extends object>(foreign: T, make: (foreign: T) => T): T {
    const known = this.known.get(foreign) ?? make(foreign);
    this.known.set(foreign, known);
    return known as T;
  }

  private schema({ fields, metadata }: Schema): Schema {
    return new this.arrow.Schema(fields.map((field) => this.field(field)), metadata);
  }

  private field({ name, type, nullable, metadata }: Field): Field {
    return new this.arrow.Field(name, this.type(type as DataType), nullable, metadata);
  }

  private type(foreign: DataType): DataType {
    return this.once(foreign, () => {
      const own = Object.assign(Object.create(this.classOf(foreign).prototype as object), foreign) as Record<string, unknown>;
      if (Array.isArray(own.children)) own.children = (own.children as Field[]).map((field) => this.field(field));
      for (const part of ['dictionary', 'indices']) if (own[part]) own[part] = this.type(own[part] as DataType);
      return own as unknown as DataType;
    });
  }

  private classOf(type: DataType): Maker<DataType> {
    const name = this.arrow.Type[type.typeId];
    const classes = this.arrow as unknown as Record<string, Maker<DataType> | undefined>;
    const own = classes[name] ?? classes[`${name}_`]; // Date and Map have names of their own there
    if (own) return own;
    throw new CacheTiersError('E_LIVE_ARROW', `the apache-arrow installed beside cdk-cache-tiers does not know the column type ${String(type)}:`
      + ' install the version there that the record batches are from');
  }

  private data(foreign: Data): Data {
    return this.once(foreign, () => Object.assign(Object.create(this.arrow.Data.prototype) as Data, { variadicBuffers: [] }, foreign, {
      type: this.type(foreign.type as DataType),
      children: foreign.children.map((child) => this.data(child as Data)),
      dictionary: foreign.dictionary && this.once(foreign.dictionary, ({ data }) => this.vector(data as readonly Data[])),
    }));
  }

  private vector(chunks: readonly Data[]): Vector {
    return new this.arrow.Vector(chunks.map((chunk) => this.data(chunk)));
  }
}
