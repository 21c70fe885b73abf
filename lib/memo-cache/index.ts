export * from './imemo-cache';
export * from './memo-cache';
export * from './memo-cache-grants';
export * from './memo-cache-props';
export * from './memo-flush';
