import type { ConfigTemplatePart } from '../../../lib/contract/config-template';

/** A template with its values in place. */
export function renderTemplate(parts: readonly ConfigTemplatePart[], valueOf: (source: string) => string): string {
  let rendered = '';
  for (const { text, source, uri } of parts) {
    if (source === undefined) rendered += text ?? '';
    // A lone surrogate has no UTF-8, and encodeURIComponent would throw.
    else rendered += uri ? encodeURIComponent(valueOf(source).toWellFormed()) : valueOf(source);
  }
  return rendered;
}
