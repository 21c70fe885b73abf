// What ../e2e.ts must say of the deployed app: what is not used, what the emulator does nothing about.
export const unused = [];
export const notShown = {};
