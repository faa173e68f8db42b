/** Where a listener says what happens; fields are plain values without real numbers or secrets. */
export type Log = Record<'info' | 'warn' | 'error', (message: string, fields?: LogFields) => void>;

export type LogFields = Readonly<Record<string, string | number | boolean | null>>;
