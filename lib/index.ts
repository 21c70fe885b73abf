export * from './handler-options';
export * from './memo-cache';
