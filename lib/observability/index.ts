export * from './monitored-tier';
export * from './tier-alarms';
export * from './tier-alarms-props';
export * from './tier-dashboard';
