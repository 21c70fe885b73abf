import { CONFIG_ON_SOURCE_DELETE, CONFIG_RULE_TYPE } from '../../lib/contract/config';
import {
  type ConfigTemplatePart, isConfigRuleName, MAX_CONFIG_RULE_SOURCES, parseConfigTemplate, templateSources,
} from '../../lib/contract/config-template';
import type { RuleRow } from '../../runtime/config/tables/rules-table';
import { type Home, type Place, placeOf } from './destination';

/** A rule that can be carried out, if it is allowed. */
export interface Rule {
  readonly destination: string;
  readonly place: Place;
  readonly type: string;
  /** By name. */
  readonly sources: readonly string[];
  /** Of `merge`. */
  readonly template?: string;
  readonly parts?: readonly ConfigTemplatePart[];
  readonly keyId?: string;
  readonly roleArn?: string;
  /** The destination is deleted with its source. */
  readonly deletes: boolean;
}

export type RuleReading
  = { readonly rule: Rule }
    /** It is being written: it does not apply yet. */
    | { readonly incomplete: string }
    | { readonly rejected: string };

const AGREED = ['type', 'template', 'keyId', 'roleArn', 'onSourceDelete'] as const;

/** What the rows of one destination say together. None: there is no rule. */
export function readRule(rows: readonly RuleRow[], home: Home): RuleReading | undefined {
  const [first] = rows;
  if (first === undefined) return undefined;
  const differing = AGREED.find((property) => rows.some((row) => row[property] !== first[property]));
  if (differing !== undefined) return { incomplete: `its rows do not agree on ${differing}` };
  const malformed = rows.flatMap((row) => row.malformed ?? []);
  if (malformed.length > 0) return { rejected: `${malformed[0]} must be a string` };
  if (rows.length > MAX_CONFIG_RULE_SOURCES) return { rejected: `it has ${rows.length} sources: at most ${MAX_CONFIG_RULE_SOURCES} are read` };
  if (!rows.every(({ source }) => isConfigRuleName(source))) return { rejected: 'source must be the name of a parameter with a first slash' };
  const place = placeOf(first.destination, first.roleArn, home);
  if (typeof place === 'string') return { rejected: place };
  const { destination, type, template, keyId, roleArn, onSourceDelete } = first;
  const deletes = onSourceDelete === CONFIG_ON_SOURCE_DELETE.delete;
  if (!deletes && onSourceDelete !== undefined && onSourceDelete !== CONFIG_ON_SOURCE_DELETE.retain) {
    return { rejected: 'on_source_delete must be retain or delete' };
  }
  const common = { destination, place, sources: rows.map(({ source }) => source).sort(), keyId, roleArn, deletes };
  if (type === CONFIG_RULE_TYPE.copy) return template === undefined ? copy({ ...common, type }) : { rejected: 'a rule to copy has no template' };
  if (type !== CONFIG_RULE_TYPE.merge) return { rejected: 'type must be copy or merge' };
  if (deletes) return { rejected: 'on_source_delete must be retain where sources are merged' };
  return merge({ ...common, type }, template);
}

function copy(rule: Rule): RuleReading {
  return rule.sources.length === 1 ? { rule } : { incomplete: 'it has more than one source to copy' };
}

function merge(rule: Rule, template: string | undefined): RuleReading {
  if (template === undefined) return { rejected: 'a rule to merge needs a template' };
  try {
    const sources = templateSources(template).sort();
    if (sources.length !== rule.sources.length || sources.some((source, i) => source !== rule.sources[i])) {
      return { incomplete: 'its rows are not the sources of its template' };
    }
    return { rule: { ...rule, template, parts: parseConfigTemplate(template) } };
  } catch (error) {
    return { rejected: error instanceof Error ? error.message : 'the template cannot be read' };
  }
}
