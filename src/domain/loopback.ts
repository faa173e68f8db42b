const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

/** @param host as it stands in a URL, without its port */
export function isLoopbackHost(host: string): boolean {
  return LOOPBACK.test(host);
}

/** @throws TypeError when it is no URL */
export function isLoopback(url: string): boolean {
  return isLoopbackHost(new URL(url).hostname);
}
