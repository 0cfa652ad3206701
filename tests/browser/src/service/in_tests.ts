import { afterAll, beforeAll } from 'vitest';
import { createDesksAndStaff } from './people';
import { startService, type RunningService, type ServiceInfo } from './service';

/** A service for the tests of one file, empty but for desks and staff: what other files leave ringing is not heard. */
export function useService(settings: () => Promise<Record<string, string>> = async () => ({})): ServiceInfo {
  const info = {} as ServiceInfo;
  let running: RunningService | undefined;
  beforeAll(async () => {
    running = await startService(await settings());
    Object.assign(info, running.info);
    await createDesksAndStaff(info);
  });
  afterAll(() => running?.stop());
  return info;
}
