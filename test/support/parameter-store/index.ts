export { modelClient } from './client';
export { ParameterStoreError } from './errors';
export type { EventEnvelope } from './events';
export { ParameterStoreModel, type HookedCall, type Hooks, type ParameterStoreOptions } from './model';
export type { Answer, Input, Operation } from './operations';
export type { Caller, Limits } from './state';
export type { ThrottleOptions } from './throttle';
export { startParameterStore, type ParameterStoreServer, type ParameterStoreServerOptions } from './server';
