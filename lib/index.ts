export * from './config-cache';
export * from './handler-options';
export * from './live-cache';
export * from './memo-cache';
export * from './observability';
export * from './task-cache';
