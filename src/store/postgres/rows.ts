/** Places of parameters for so many rows of so many columns, from `$from` on, as VALUES wants them. */
export function places(rows: number, columns: number, from: number): string {
  return Array.from(
    { length: rows },
    (_row, row) =>
      `(${Array.from({ length: columns }, (_column, column) => `$${from + row * columns + column}`).join(', ')})`,
  ).join(', ');
}
