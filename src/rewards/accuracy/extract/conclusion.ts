import { plainCharacters } from '../characters.ts';

/** Characters at the end of a response that are searched: an answer is not further from the end. */
const MAX_CONCLUSION = 20_000;

/** Marks that chat formats end a turn with. */
const CONTROL_TOKEN = /(?:<[|｜][^<>|｜\n]{1,40}[|｜]>|<\/s>|<eos>|<end_of_turn>|<\/?assistant>|\[\/INST\])$/;
const MAX_CONTROL_TOKEN = 50;

/** At the start of a line too, where a hyphen would mark an item of a list. */
const MINUS_SIGN = /(?<=^|\n)([ \t]*)−[ \t]+(?=\S)/g;

/**
 * What of a response is searched for its answer: all that follows the thinking, at most its last 20,000 characters, in
 * plain characters and without the control tokens of a chat format. Undefined where the thinking never ends.
 */
export function readConclusion(response: string): string | undefined {
  const conclusion = afterThinking(response);
  return conclusion === undefined
    ? undefined
    : dropMarks(plainCharacters(dropControlTokens(conclusion).replace(MINUS_SIGN, '$1−')));
}

/** Pictures around an answer, fences of code and the brackets of a heading: `✅ 7`, `【答案】7`. */
const dropMarks = (text: string) => (/[^\0-\x7f]|```/.test(text) ? withoutMarks(text) : text.trim());

const withoutMarks = (text: string) =>
  text
    .replace(/^[ \t]*```\w*[ \t]*$/gm, '')
    .replace(/【\s*(答案|解答)\s*】/g, '$1:')
    .replace(/\ufe0f?\u20e3/g, '')
    .replace(
      /(?<=^|\n)(?:[ \t]{0,4}[✅☑✔👉🎯➡]\ufe0f?){1,5}[ \t]{0,4}(?=\S)|(?<=\S)(?:[ \t]{0,4}[✅☑✔🎉🎯😊]\ufe0f?){1,5}$/gu,
      '',
    )
    .trim();

function afterThinking(response: string): string | undefined {
  if (!/<\/?think>/.test(response)) return response.slice(-MAX_CONCLUSION);
  const end = response.lastIndexOf('</think>');
  return end < 0 ? undefined : response.slice(end + '</think>'.length).slice(-MAX_CONCLUSION);
}

function dropControlTokens(text: string): string {
  let rest = text.trimEnd();
  for (;;) {
    const token = CONTROL_TOKEN.exec(rest.slice(-MAX_CONTROL_TOKEN));
    if (!token) return rest;
    rest = rest.slice(0, -token[0].length).trimEnd();
  }
}
