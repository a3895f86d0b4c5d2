export type { DeviceBoundEvent, DeviceBoundReason } from './device-bound-events.js';
export type { DeviceBoundModuleOptions } from './device-bound-options.js';
export { DeviceBoundModule } from './device-bound.module.js';
export { DeviceBoundSessions } from './device-bound-sessions.js';
