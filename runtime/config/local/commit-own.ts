import type { Copy, CopyStore } from './copy-store.js';
import type { Row } from './local-name.js';
import { isDamaged } from './names-format.js';
import type { OwnChange } from './own-changes.js';

/**
 * Adds an own change to the copy, whatever others make of that meanwhile.
 *
 * @param own the change, by what the copy knows of the parameter; asked again when another process comes first
 */
export function commitOwn(store: CopyStore, name: string, own: (known: Row | undefined) => OwnChange): Copy {
  for (;;) {
    const copy = store.load();
    try {
      const change = own(copy.state.changes.get(name) ?? copy.base?.get(name));
      const done = store.commit(copy, { ...copy.state, own: new Map(copy.state.own).set(name, change) });
      if (done !== undefined) return done;
    } catch (error) {
      if (!isDamaged(error)) throw error;
      store.discard(copy, error); // own changes stay, and the next round finds what is left
    }
  }
}
