/** The injection token of what binds cookies to devices, where `DeviceBoundModule` is registered. */
export const DEVICE_BINDING = Symbol('nestjs-secure-cookie device binding');
