import { VoxproxyError } from '../errors.js';
import type { Application, Vonage } from '../vonage/vonage.js';

/** @throws VoxproxyError `not-found` when Vonage does not know the application */
export async function knownApplication(vonage: Vonage, id: string): Promise<Application> {
  const application = await vonage.application(id);
  if (application === undefined) {
    throw new VoxproxyError(
      'not-found',
      'Vonage has no application with the id that is set.',
      'Make one with: voxproxy app create --name voxproxy --public-url https://…',
    );
  }
  return application;
}
