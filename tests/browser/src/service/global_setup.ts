import type { TestProject } from 'vitest/node';
import { createDesksAndStaff } from './people';
import { startService, type ServiceInfo } from './service';

declare module 'vitest' {
  export interface ProvidedContext {
    service: ServiceInfo;
  }
}

/** One service for all files; each works with people and cases of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const service = await startService();
  await createDesksAndStaff(service.info);
  project.provide('service', service.info);
  return () => service.stop();
}
