export * from './monitored-tier';
export * from './tier-alarm';
export * from './tier-alarm-thresholds';
export * from './tier-alarms';
export * from './tier-alarms-props';
export * from './tier-dashboard';
