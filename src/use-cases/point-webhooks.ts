import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { VoxproxyError } from '../errors.js';
import { identityOf, makePrivateDirectory, replaceFile } from '../store/private-file.js';
import type { SavedWebhooks, Vonage, Webhooks } from '../vonage/vonage.js';
import { knownApplication } from './known-application.js';
import { stillListens } from './running-listener.js';

/** Who points webhooks to itself. */
export type PointingListener = {
  pid: number;
  /** Where it listens. */
  url: string;
  /** Whether somebody told it to; at the sandbox every listener does it by itself. */
  told: boolean;
};

/** What the webhooks were before a listener pointed them to itself. */
type Journal = {
  id: string;
  applicationId: string;
  before: SavedWebhooks;
  /** Every answer URL that the application may have from this listener. */
  ours: string[];
  listener: PointingListener | null;
  /** What it pointed first; null from a listener of an earlier version. */
  webhooks: Webhooks | null;
  /** Of the listener that they were taken from, which gets them back if it still runs. */
  takenFrom: Journal | null;
};

/** So many may start at the same moment. */
const STARTS = 20;
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

  /**
   * @throws VoxproxyError `not-found` when Vonage does not know the application, `conflict` while another
   * listener of this home has pointed webhooks to itself
   */
  async point(applicationId: string, webhooks: Webhooks, listener: PointingListener): Promise<void> {
    // Several that start at the same moment go one after the other.
    for (let attempt = 0; !(await this.#begin(applicationId, webhooks, listener)); attempt++)
      if (attempt === STARTS) throw ANOTHER_STARTS;
    await this.#vonage.updateApplication(applicationId, { webhooks });
  }

  /** Writes the journal; false when another listener was faster. */
  async #begin(applicationId: string, webhooks: Webhooks, listener: PointingListener): Promise<boolean> {
    const left = this.#read();
    let takenFrom: Journal | null = null;
    if (left !== undefined) {
      const holder = await holderOf(left, listener.url);
      // Rehearsals may follow each other.
      if (holder !== null && (holder.told || listener.told)) throw heldBy(holder, listener);
      const wasPointed = await this.#putBack(left);
      if (holder !== null) takenFrom = wasPointed ? left : null;
      else if (wasPointed && (await this.#giveBack(left))) return false;
    }
    const { saved } = await knownApplication(this.#vonage, applicationId);
    const ours = [webhooks.answerUrl];
    return this.#begun({ id: this.#id, applicationId, before: saved, ours, listener, webhooks, takenFrom });
  }

  /** Nobody's journal may be there any more; one that is was written by somebody who starts as well. */
  #begun(journal: Journal): boolean {
    makePrivateDirectory(this.#home);
    return replaceFile(this.#path, JSON.stringify(journal), null);
  }

  /**
   * Points them elsewhere, because this listener's address has changed; says whether they were still its own.
   */
  async repoint(webhooks: Webhooks): Promise<boolean> {
    const journal = this.#read();
    if (journal?.id !== this.#id) return false;
    const { applicationId, ours } = journal;
    const application = await knownApplication(this.#vonage, applicationId);
    if (!ours.includes(application.webhooks.answerUrl ?? '')) return false;
    const { answerUrl } = webhooks;
    // Whether or not this process lives to see the answer, the application has one of these.
    this.#rewrite({ ...journal, ours: [...new Set([...ours, answerUrl])] });
    await this.#vonage.updateApplication(applicationId, { webhooks });
    this.#rewrite({ ...journal, ours: [answerUrl] });
    return true;
  }

  /** Puts back what this listener pointed; says whether there was still something to put back. */
  async restore(): Promise<boolean> {
    const journal = this.#read();
    return journal?.id === this.#id && (await this.#end(journal));
  }

  /**
   * Puts back what an earlier listener left pointed, because it was killed.
   * @param url where this listener listens
   */
  async restoreLeftover(url: string): Promise<boolean> {
    const journal = this.#read();
    if (journal === undefined || (await holderOf(journal, url)) !== null) return false;
    return this.#end(journal);
  }

  async #end(journal: Journal): Promise<boolean> {
    const wasPointed = await this.#putBack(journal);
    if (wasPointed) await this.#giveBack(journal);
    return wasPointed;
  }

  /** Points them to the listener that they were taken from, if one still runs; says whether one does. */
  async #giveBack({ takenFrom }: Journal): Promise<boolean> {
    if (takenFrom === null) return false;
    const { applicationId, listener, webhooks } = takenFrom;
    if (listener === null || webhooks === null || !(await stillListens(listener)))
      return this.#giveBack(takenFrom);
    if (this.#begun(takenFrom)) await this.#vonage.updateApplication(applicationId, { webhooks });
    return true;
  }

  /** Unless somebody has pointed them elsewhere since. */
  async #putBack({ id, applicationId, before, ours }: Journal): Promise<boolean> {
    const application = await this.#vonage.application(applicationId);
    const stillOurs = ours.includes(application?.webhooks.answerUrl ?? '');
    if (stillOurs) await this.#vonage.updateApplication(applicationId, { webhooks: before });
    // Another listener may have started meanwhile.
    if (this.#read()?.id === id) rmSync(this.#path, { force: true });
    return stillOurs;
  }

  #rewrite(journal: Journal): void {
    if (!replaceFile(this.#path, JSON.stringify(journal), identityOf(this.#path))) throw ANOTHER_STARTS;
  }

  #read(): Journal | undefined {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch {
      return undefined;
    }
    try {
      const journal = JSON.parse(text);
      const ours = typeof journal.ours === 'string' ? [journal.ours] : journal.ours;
      const isJournal = typeof journal.applicationId === 'string' && Array.isArray(ours);
      const { listener = null, webhooks = null, takenFrom = null } = journal;
      if (isJournal) return { ...journal, ours, listener, webhooks, takenFrom };
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

/**
 * The listener that the webhooks are pointed to, as long as it runs.
 * @param own where we listen: whoever listened there before is gone
 */
async function holderOf({ listener }: Journal, own: string): Promise<PointingListener | null> {
  if (listener === null || listener.url === own) return null;
  return (await stillListens(listener)) ? listener : null;
}

function heldBy({ pid, url }: PointingListener, { told }: PointingListener): VoxproxyError {
  return new VoxproxyError(
    'conflict',
    `The webhooks are pointed to the listener on ${url} (process ${pid}), which still runs.`,
    told
      ? 'End that one first, or serve beside it without --public-url and --ngrok: voxproxy serve --port 0'
      : 'End that one first, or use another home for this one: voxproxy --profile other serve',
  );
}
