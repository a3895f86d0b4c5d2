import { subscribe, unsubscribe } from 'node:diagnostics_channel';

const CHANNELS = ['nestjs-secure-cookie:verified', 'nestjs-secure-cookie:rejected'];

/** The events that reads of cookies publish meanwhile, in this process. */
export async function readEvents<Result>(
  meanwhile: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly events: readonly unknown[] }> {
  const events: unknown[] = [];
  const record = (event: unknown): void => {
    events.push(event);
  };
  CHANNELS.forEach((channel) => subscribe(channel, record));
  try {
    return { result: await meanwhile(), events };
  } finally {
    CHANNELS.forEach((channel) => unsubscribe(channel, record));
  }
}
