const PATIENCE = 3_000;

/** Tells of recordings that Vonage could not play: a caller would hear nothing. */
export async function warnOfRecordings(
  urls: readonly string[],
  warn: (message: string) => void,
): Promise<void> {
  await Promise.all(
    urls.map(async (url) => {
      const problem = await problemOf(url);
      if (problem !== null) warn(`The recording ${url} ${problem}: callers would hear nothing in its place.`);
    }),
  );
}

async function problemOf(url: string): Promise<string | null> {
  try {
    const response = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(PATIENCE) });
    if (!response.ok) return `is not there (${response.status})`;
    const type = response.headers.get('content-type') ?? '';
    return /^(audio\/|application\/octet-stream)/.test(type) ? null : `is no audio (${type || 'no type'})`;
  } catch {
    return 'cannot be reached';
  }
}
