/** Loaded only where something is written: completion and searches read, and have no time for it. */
export const crypto = () => process.getBuiltinModule('node:crypto');
