import { VoxproxyError } from '../errors.js';

/** A store is encrypted and no key is set, or the other way round. */
export function wrongKind(store: string, encrypted: boolean): VoxproxyError {
  return encrypted
    ? new VoxproxyError(
        'settings',
        `The store ${store} is encrypted, and cannot be read without its key.`,
        'Set VOXPROXY_ENCRYPTION_KEY, or the setting encryptionKeyFile, to the key that it was encrypted with.',
      )
    : new VoxproxyError(
        'settings',
        `An encryption key is set, and the store ${store} is not encrypted yet.`,
        'Encrypt it with: voxproxy store encrypt (for the file in the home, while VOXPROXY_STORE is not set).',
      );
}

export function wrongKey(store: string): VoxproxyError {
  return new VoxproxyError(
    'settings',
    `The encryption key is not the one of the store ${store}, or the store was changed without it.`,
    'Nothing was changed. Give the key that it was encrypted with, or put a backup in its place.',
  );
}
