/** Of the store file. */
export const VERSION = 3;
