/**
 * A file of data that a page loads by a script tag, as a page from a disk may not fetch: a call with the name of the data and
 * its JSON. The JSON stands as a string, for which no text in it is code, and which is parsed faster.
 */
export const dataFile = (name: string, data: unknown) =>
  `riseData(${JSON.stringify(name)},${JSON.stringify(JSON.stringify(data))});\n`;
