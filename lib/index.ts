export * from './config-cache';
export * from './handler-options';
export * from './memo-cache';
