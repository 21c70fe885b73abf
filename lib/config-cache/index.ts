export * from './iparameter-changes';
export * from './parameter-changes';
export * from './parameter-consumer-options';
export * from './parameter-trail';
