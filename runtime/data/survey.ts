import { describeObject, kindOf } from './kinds.js';

/** What there is to know about a value before it is stored. */
export interface Survey {
  /** JSON keeps it whole: no undefined, NaN, -0, BigInt, Map, shared part and so on. */
  readonly json: boolean;
  /** Freezing makes it unchangeable: made of plain objects, arrays and primitives only. */
  readonly freezable: boolean;
  /** Rough size in memory, in bytes. */
  readonly size: number;
}

/** A value, or a part of it, that cannot be stored without loss. */
export class NotCloneableError extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'NotCloneableError';
  }
}

/** Deeper values would end in a stack overflow in whichever serializer comes first. */
const MAX_DEPTH = 1000;

/**
 * Walks a value once.
 *
 * @throws NotCloneableError if a copy would lose something: a function, a symbol, an instance of a class
 */
export function survey(value: unknown): Survey {
  const surveyor = new Surveyor();
  surveyor.visit(value, 0);
  return surveyor;
}

class Surveyor implements Survey {
  json = true;
  freezable = true;
  size = 0;
  private readonly seen = new Set<object>();

  visit(value: unknown, depth: number): void {
    switch (typeof value) {
      case 'string': this.size += 24 + value.length * 2; return;
      case 'number': this.size += 8; if (!Number.isFinite(value) || Object.is(value, -0)) this.json = false; return;
      case 'boolean': this.size += 8; return;
      case 'undefined': this.json = false; return;
      case 'bigint': this.size += 32; this.json = false; return;
      case 'object': if (value !== null) this.object(value, depth); return;
      default: throw new NotCloneableError(`a ${typeof value}`);
    }
  }

  private object(value: object, depth: number): void {
    if (this.seen.has(value)) { this.json = false; return; } // JSON would make two of one, or never end
    if (depth >= MAX_DEPTH) throw new NotCloneableError(`data nested deeper than ${MAX_DEPTH} levels`);
    this.seen.add(value);
    this.size += 40;
    const kind = kindOf(value);
    switch (kind) {
      case 'plain': this.properties(value as Record<string, unknown>, depth); return;
      case 'array': this.array(value as unknown[], depth); return;
      case undefined: throw new NotCloneableError(describeObject(value));
      default: this.builtin(value, kind, depth);
    }
  }

  private properties(value: Record<string, unknown>, depth: number): void {
    if (typeof value.toJSON === 'function') this.json = false; // JSON would ask it
    for (const name of Object.keys(value)) {
      this.size += 16;
      this.visit(value[name], depth + 1);
    }
  }

  private array(value: unknown[], depth: number): void {
    const names = Object.keys(value);
    this.size += 8 * value.length;
    if (names.length !== value.length || 'toJSON' in value) this.json = false; // holes, or named properties beside the items
    for (const name of names) this.visit((value as unknown as Record<string, unknown>)[name], depth + 1);
  }

  private builtin(value: object, kind: string, depth: number): void {
    this.json = false;
    this.freezable = false;
    if (kind === 'Error') return this.error(value as Error);
    if (kind === 'Buffer' || kind === 'view' || kind === 'ArrayBuffer') {
      this.size += (value as ArrayBuffer).byteLength;
      return;
    }
    const own = kind === 'boxed' && value instanceof String ? value.length : 0;
    if (Object.keys(value).length > own) throw new NotCloneableError(`a ${kind} with properties of its own`);
    if (kind === 'Map') for (const [key, item] of value as Map<unknown, unknown>) { this.visit(key, depth + 1); this.visit(item, depth + 1); }
    else if (kind === 'Set') for (const item of value as Set<unknown>) this.visit(item, depth + 1);
  }

  /** Serializers keep an error's name, message and stack only. */
  private error(value: Error): void {
    this.size += 200 + value.message.length * 2 + (value.stack?.length ?? 0) * 2;
    if (Object.keys(value).length > 0 || value.cause !== undefined || value.name === 'AggregateError') {
      throw new NotCloneableError('an error with more than name, message and stack');
    }
  }
}
