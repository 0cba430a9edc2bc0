/** One cell as a file gives it; null when it is empty. Dates are midnight UTC of the day that was shown. */
export type Cell = string | number | boolean | Date | null;

/** The rows of a sheet or of a CSV file. The first of `rows` is row 1 of the file; none is left out. */
export interface Table {
  readonly rows: readonly (readonly Cell[])[];
}

/** 0 is A, 26 is AA. */
export function columnLetter(index: number): string {
  let letters = "";
  for (let rest = index; rest >= 0; rest = Math.floor(rest / 26) - 1)
    letters = String.fromCharCode(65 + (rest % 26)) + letters;
  return letters;
}
