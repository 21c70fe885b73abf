import { keyText } from '../../data/key-text.js';
import { show } from '../../errors.js';
import { invalid } from '../errors.js';
import { concealed } from './concealed.js';
import { textDigest } from './digest.js';
import { DECLARED_NAME, DECLARED_NAME_RULE } from './names.js';
import { PARAM_KINDS } from './param-kinds.js';
import type { ParamSpec, ParamSpecs, ParamType } from './params.js';

/** The parameters of one task. */
export interface ParamsOfTask {
  /** All of them, as `run` gets them. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Those that are not private, as JSON has them. */
  readonly shown: Readonly<Record<string, unknown>>;
  /** Text of each significant one, by name, in the order in which they are declared. */
  readonly significant: Readonly<Record<string, string>>;
}

const SPEC_PROPERTIES = ['type', 'significant', 'default', 'private', 'values'];

/** Of the id, as Luigi has it: so many parameters, so many characters of each. */
const SHOWN_PARAMS = 3;
const SHOWN_CHARACTERS = 16;
/** 128 bits: nobody finds two tasks of one id, not even on purpose. */
const ID_HASH_CHARACTERS = 32;

/** What a family declares its parameters to be. */
export class ParamSet {
  private readonly params: ReadonlyMap<string, Param>;

  /** @throws InvalidArgumentError `E_TASK_DEFINITION` */
  constructor(private readonly family: string, specs: unknown) {
    if (typeof specs !== 'object' || specs === null || Array.isArray(specs)) {
      throw definitionError(family, `params must be an object of parameters by name, got ${show(specs)}`);
    }
    this.params = new Map(Object.entries(specs as ParamSpecs).map(([name, spec]) => [name, new Param(family, name, spec)]));
  }

  /** @throws InvalidArgumentError `E_TASK_PARAM` */
  read(given: unknown = {}): ParamsOfTask {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      const kind = Array.isArray(given) ? 'an array' : given === null ? 'null' : `a ${typeof given}`; // not shown: it may be private
      throw invalid(`${this.family} must be called with an object of parameters by name, got ${kind}`, 'E_TASK_PARAM');
    }
    for (const name of Object.keys(given)) if (!this.params.has(name)) throw this.undeclared(name);
    const values: Record<string, unknown> = {};
    const shown: Record<string, unknown> = {};
    const significant: Record<string, string> = {};
    for (const [name, param] of this.params) {
      const value = values[name] = param.read((given as Record<string, unknown>)[name]);
      if (!param.private) shown[name] = param.shown(value);
      if (param.significant) significant[name] = param.text(value);
    }
    return { values: Object.freeze(values), shown: Object.freeze(shown), significant: Object.freeze(significant) };
  }

  /**
   * `Family_<first three significant parameters>_<hash>`. The hash is of all significant parameters, the private ones too: of these it has the slow
   * hash only (`concealed`).
   */
  idOf({ shown, significant }: ParamsOfTask): string {
    const words = [...this.params.values()].filter((param) => param.significant && !param.private).slice(0, SHOWN_PARAMS)
      .map(({ name }) => word(shown[name]));
    const hash = textDigest(keyText([this.family, significant])).slice(0, ID_HASH_CHARACTERS);
    return [this.family, ...words, hash].join('_');
  }

  private undeclared(name: string): Error {
    const declared = [...this.params.keys()].join(', ') || 'none';
    return invalid(`${this.family} has no parameter ${show(name)}: declare it in params, or leave it out; declared: ${declared}`, 'E_TASK_PARAM');
  }
}

function word(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.slice(0, SHOWN_CHARACTERS).replace(/[^A-Za-z0-9_]/g, '_');
}

class Param {
  readonly significant: boolean;
  readonly private: boolean;
  private readonly type: ParamType;
  private readonly hasDefault: boolean;
  private readonly byDefault: unknown;
  /** Texts of the only values that it may have. */
  private readonly texts?: ReadonlySet<string>;
  private readonly values?: readonly unknown[];

  constructor(private readonly family: string, readonly name: string, given: ParamSpecs[string]) {
    if (!DECLARED_NAME.test(name)) {
      throw definitionError(family, `params must have ${DECLARED_NAME_RULE}, got ${show(name)}`);
    }
    const spec = this.checked(typeof given === 'string' ? { type: given } : given);
    this.type = spec.type;
    this.significant = spec.significant ?? true;
    this.private = spec.private ?? false;
    this.values = spec.values;
    this.texts = spec.values && new Set(spec.values.map((value) => keyText([this.defined(value, 'values')])));
    this.hasDefault = spec.default !== undefined;
    this.byDefault = this.hasDefault ? this.defined(spec.default, 'default') : undefined;
  }

  read(given: unknown): unknown {
    if (given !== undefined) return this.accept(given, `parameter ${this.name} of ${this.family}`, 'E_TASK_PARAM');
    if (this.hasDefault) return this.byDefault;
    throw invalid(`${this.family} needs parameter ${this.name} (${this.type}): it is missing, and has no default`, 'E_TASK_PARAM');
  }

  shown(value: unknown): unknown {
    return value instanceof Date ? value.toISOString() : value;
  }

  text(value: unknown): string {
    const text = keyText([value]);
    return this.private ? concealed(`parameter ${this.name}`, text) : text;
  }

  private accept(given: unknown, place: string, code: 'E_TASK_PARAM' | 'E_TASK_DEFINITION'): unknown {
    const { expected, read } = PARAM_KINDS[this.type];
    const value = read(given);
    if (value === undefined) throw invalid(`${place} must be ${expected}, got ${this.described(given)}`, code);
    if (this.texts && !this.texts.has(keyText([value]))) {
      const among = this.private ? 'its values' : show(this.values);
      throw invalid(`${place} must be among ${among}, got ${this.described(given)}`, code);
    }
    return value;
  }

  private defined(value: unknown, property: string): unknown {
    return this.accept(value, `${property} of parameter ${this.name} of ${this.family}`, 'E_TASK_DEFINITION');
  }

  /** Of a private one no more than what it is. */
  private described(given: unknown): string {
    return this.private ? `a ${given === null ? 'null' : typeof given} that is private` : show(given);
  }

  private checked(spec: ParamSpec): ParamSpec {
    const at = `parameter ${this.name}`;
    if (typeof spec !== 'object' || spec === null || !Object.hasOwn(PARAM_KINDS, spec.type)) {
      const type = typeof spec === 'object' && spec !== null ? spec.type : spec;
      throw definitionError(this.family, `${at} must have one of the types ${Object.keys(PARAM_KINDS).join(', ')}, got ${show(type)}`);
    }
    const unknown = Object.keys(spec).find((property) => !SPEC_PROPERTIES.includes(property));
    if (unknown !== undefined) {
      throw definitionError(this.family, `${at} has an unknown property ${show(unknown)}: it may have ${SPEC_PROPERTIES.join(', ')}`);
    }
    for (const property of ['significant', 'private'] as const) {
      if (spec[property] !== undefined && typeof spec[property] !== 'boolean') {
        throw definitionError(this.family, `${property} of ${at} must be true or false, got ${show(spec[property])}`);
      }
    }
    if (spec.values !== undefined && !(Array.isArray(spec.values) && spec.values.length > 0)) {
      throw definitionError(this.family, `values of ${at} must be a list of one value at least, got ${show(spec.values)}`);
    }
    return spec;
  }
}

function definitionError(family: string, message: string): Error {
  return invalid(`task ${family}: ${message}`, 'E_TASK_DEFINITION');
}
