/** A key by its name (`up`, `pageDown`, `enter`), or what was typed. */
export type Key
  = | 'up' | 'down' | 'left' | 'right' | 'pageUp' | 'pageDown' | 'home' | 'end' | 'enter' | 'escape' | 'backspace' | 'tab' | 'ctrl-c' | 'ctrl-u'
    | { readonly text: string };
