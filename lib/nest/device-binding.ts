/** The injection token of the {@link DeviceBinding} that `DeviceBoundModule` provides. */
export const DEVICE_BINDING = Symbol('nestjs-secure-cookie device binding');
