/** Numbers as the store file has them in one text: 8 bytes each, in base64. */
export function encodeColumn(column: Float64Array): string {
  return Buffer.from(column.buffer, column.byteOffset, column.byteLength).toString('base64');
}

export function decodeColumn(text: string): Float64Array {
  const bytes = Buffer.from(text, 'base64');
  // A copy, because a column must begin where its width allows.
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
