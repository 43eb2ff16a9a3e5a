/** Rows of several files under numbers that go on from file to file, and back to their places. */
export interface RowPlaces {
  /** The number of a row of the file that was added last, or of a new one. */
  numberOf(file: string, row: number): number;
  /** `file:row` */
  placeOf(number: number): string;
}

export function createRowPlaces(): RowPlaces {
  const files: { file: string; start: number }[] = [];
  let last = 0;
  return {
    numberOf(file, row) {
      if (files.at(-1)?.file !== file) files.push({ file, start: last });
      last = files.at(-1)!.start + row;
      return last;
    },
    placeOf(number) {
      const { file, start } = files.findLast((each) => each.start < number)!;
      return `${file}:${number - start}`;
    },
  };
}
