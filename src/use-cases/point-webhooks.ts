import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { VoxproxyError } from '../errors.js';
import { makePrivateDirectory } from '../store/private-file.js';
import type { SavedWebhooks, Vonage, Webhooks } from '../vonage/vonage.js';

/** What the webhooks were before a listener pointed them to itself. */
type Journal = { applicationId: string; before: SavedWebhooks; ours: string };

/**
 * Points an application's webhooks to a listener for as long as it runs. What was there is written to disk
 * first, so that the next start puts it back when this one is killed.
 */
export class PointedWebhooks {
  readonly #path: string;
  readonly #vonage: Vonage;

  /** @param home the directory of the settings */
  constructor(home: string, vonage: Vonage) {
    this.#path = join(home, 'webhooks.json');
    this.#home = home;
    this.#vonage = vonage;
  }

  readonly #home: string;

  /** @throws VoxproxyError `not-found` when Vonage does not know the application */
  async point(applicationId: string, webhooks: Webhooks): Promise<void> {
    await this.restore();
    const application = await this.#vonage.application(applicationId);
    if (application === undefined) {
      throw new VoxproxyError(
        'not-found',
        'Vonage has no application with the id that is set.',
        'Make one with: voxproxy app create',
      );
    }
    const journal: Journal = { applicationId, before: application.saved, ours: webhooks.answerUrl };
    makePrivateDirectory(this.#home);
    writeFileSync(this.#path, JSON.stringify(journal), { mode: 0o600 });
    await this.#vonage.updateApplication(applicationId, { webhooks });
  }

  /** Puts back what a listener left pointed, unless somebody has pointed it elsewhere since. */
  async restore(): Promise<boolean> {
    const journal = this.#read();
    if (journal === undefined) return false;
    const application = await this.#vonage.application(journal.applicationId);
    const stillOurs = application?.webhooks.answerUrl === journal.ours;
    if (stillOurs) await this.#vonage.updateApplication(journal.applicationId, { webhooks: journal.before });
    rmSync(this.#path, { force: true });
    return stillOurs;
  }

  #read(): Journal | undefined {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch {
      return undefined;
    }
    try {
      return JSON.parse(text) as Journal;
    } catch {
      throw new VoxproxyError(
        'settings',
        `The journal ${this.#path} is damaged.`,
        'Check the webhooks with voxproxy app show, then remove it.',
      );
    }
  }
}
