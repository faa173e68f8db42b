import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { VoxproxyError } from '../errors.js';
import { identityOf, makePrivateDirectory, replaceFile } from '../store/private-file.js';
import type { SavedWebhooks, Vonage, Webhooks } from '../vonage/vonage.js';
import { knownApplication } from './known-application.js';

/** What the webhooks were before a listener pointed them to itself. */
type Journal = { id: string; applicationId: string; before: SavedWebhooks; ours: string };

const ANOTHER_STARTS = new VoxproxyError('conflict', 'Another listener is starting.', 'Try again.');

/**
 * Points an application's webhooks to a listener for as long as it runs. What was there is written to disk
 * first, so that the next start puts it back when this one is killed.
 */
export class PointedWebhooks {
  readonly #home: string;
  readonly #path: string;
  readonly #vonage: Vonage;
  /** Which journal is this listener's: another one may have taken the webhooks over. */
  readonly #id = randomUUID();

  /** @param home the directory of the settings */
  constructor(home: string, vonage: Vonage) {
    this.#path = join(home, 'webhooks.json');
    this.#home = home;
    this.#vonage = vonage;
  }

  /** @throws VoxproxyError `not-found` when Vonage does not know the application */
  async point(applicationId: string, webhooks: Webhooks): Promise<void> {
    await this.restoreLeftover();
    const application = await knownApplication(this.#vonage, applicationId);
    const journal: Journal = {
      id: this.#id,
      applicationId,
      before: application.saved,
      ours: webhooks.answerUrl,
    };
    makePrivateDirectory(this.#home);
    if (!replaceFile(this.#path, JSON.stringify(journal), identityOf(this.#path))) throw ANOTHER_STARTS;
    await this.#vonage.updateApplication(applicationId, { webhooks });
  }

  /** Puts back what this listener pointed; says whether there was still something to put back. */
  async restore(): Promise<boolean> {
    const journal = this.#read();
    return journal?.id === this.#id && (await this.#putBack(journal));
  }

  /** Puts back what an earlier listener left pointed, because it was killed. */
  async restoreLeftover(): Promise<boolean> {
    const journal = this.#read();
    return journal !== undefined && (await this.#putBack(journal));
  }

  /** Unless somebody has pointed them elsewhere since. */
  async #putBack({ applicationId, before, ours }: Journal): Promise<boolean> {
    const application = await this.#vonage.application(applicationId);
    const stillOurs = application?.webhooks.answerUrl === ours;
    if (stillOurs) await this.#vonage.updateApplication(applicationId, { webhooks: before });
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
      const journal = JSON.parse(text) as Journal;
      if (typeof journal.applicationId === 'string' && typeof journal.ours === 'string') return journal;
    } catch {
      // Told below.
    }
    throw new VoxproxyError(
      'settings',
      `The journal ${this.#path} is damaged.`,
      'Check the webhooks with voxproxy app show, then remove it.',
    );
  }
}
