/** The value below which a share of the values lies, with one decimal. */
export function at(values: readonly number[], share: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))]!.toFixed(1);
}

/** Prints a row of a table. */
export function row(cells: readonly string[]): void {
  process.stdout.write(`${cells.map((cell) => cell.padEnd(14)).join('')}\n`);
}
