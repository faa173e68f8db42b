import type { Application } from '../../vonage/vonage.js';
import { type Check, failed, ok, warning } from './check.js';

/** Whether the application is there, and whether we can send texts as it. */
export function applicationChecks(application: Application | undefined, hasPrivateKey: boolean): Check[] {
  if (application === undefined) {
    return [
      failed(
        'application',
        'Vonage has no application with the applicationId that is set.',
        'Correct it: voxproxy config set applicationId. Or make one: voxproxy app create --public-url https://…',
        'setting',
      ),
    ];
  }
  return [ok('application', application.id), keyCheck(application, hasPrivateKey)];
}

function keyCheck({ hasOurKey }: Application, hasPrivateKey: boolean): Check {
  const name = 'private key';
  if (!hasPrivateKey) {
    return warning(
      name,
      'None is set: nobody can be told by SMS, and no text is passed on.',
      'voxproxy config set privateKey <path of the file that app create saved>',
    );
  }
  if (hasOurKey === false) {
    return failed(
      name,
      'It belongs to another application: Vonage takes no text from us.',
      'Set the one of this application: voxproxy config set privateKey <path>',
      'setting',
    );
  }
  return ok(name, hasOurKey === true ? 'It belongs to the application.' : 'It is set.');
}
