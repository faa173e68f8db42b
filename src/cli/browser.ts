/** Shows an address in the person's browser; false where there is none. */
export async function openBrowser(url: string): Promise<boolean> {
  try {
    const { default: open } = await import('open');
    const started = await open(url);
    // Where there is no browser, only the process that looked for one says so.
    return await new Promise((resolve) => {
      const timer = setTimeout(() => resolve(true), LOOKS);
      const end = (found: boolean) => {
        clearTimeout(timer);
        resolve(found);
      };
      started.once('error', () => end(false));
      started.once('exit', (code) => end(code === 0));
    });
  } catch {
    return false;
  }
}

/** Milliseconds; a browser that starts takes longer, and stays. */
const LOOKS = 2000;
