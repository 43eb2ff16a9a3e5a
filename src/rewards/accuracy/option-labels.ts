/**
 * Options without the labels they bring themselves, `A. 30°` or `(B) 45°`: only where all have one, in order from A, with
 * something behind it.
 */
export function withoutLabels(options: string[]): string[] {
  const texts = options.map((option, index) => {
    const [, letter, text] =
      /^\s*[([【]?([A-J])(?:\s*[.):\]】、．。：）]\s*|\s+-\s+|(?=[\u3040-\u9fff\uac00-\ud7af]))(.*\S)\s*$/s.exec(
        option,
      ) ?? [];
    return letter?.charCodeAt(0) === 65 + index ? text : undefined;
  });
  return texts.every((text) => text !== undefined) ? (texts as string[]) : options;
}
