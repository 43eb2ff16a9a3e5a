import { NOT_SAID } from './doubt.ts';

/** What a response states to be its answer, and where the statement ends. */
export interface Statement {
  content: string;
  end: number;
}

const WEIGHT = String.raw`(?:the\s+|my\s+|our\s+)?(?:(?:final|correct|right|best|complete|short|numerical|numeric)\s+){0,2}`;
const VERB = '(?:is(?!n.t)|are|was|would be|should be|must be|will be|has to be|can only be|equals|[:=]|→|->|-(?=\\s))';
const DRESS = String.raw`[\s*_"'\x60]{0,6}`;

/** `the answer is`, `Answer:`, `**Final answer:**`, `the answer to the question is`, `option =`. */
const ENGLISH = String.raw`\b(?<noun>ans(?:wer)?|choice|option)s?${DRESS}(?:(?:to|for|of)\s[^\n.?!:=]{1,60}?\s)?${VERB}[ \t*_:]{0,8}`;
/** A heading of its own line. */
const HEADING = String.raw`(?<=^|\n)[#>*_\s]{0,8}${WEIGHT}answer[\s*_#]{0,6}(?=\n)`;
const CHINESE = String.raw`(?:答案|答え|正解)(?:应该|應該)?[是为為はが选選:\s*]{0,8}(?=\S)|(?<![不未没])[选選](?:项|項|择|擇|择肢|択肢)?[是为為:\s*]{0,8}(?=[([]?[A-J](?![A-Za-z]))`;
const KOREAN = String.raw`(?:정답|(?<![가-힣])답(?=은|는|이|\s{0,4}:))(?:은|는|이)?\s{0,4}:?\s{0,4}`;
const EUROPEAN = String.raw`(?<!\p{L})(?:respuesta|resposta|réponse|antwort|lösung|risposta|ответ|cevap|đáp án|jawaban|antwoord|odpowiedź|svar(?:et)?)(?:\s+\p{L}{3,14}){0,2}\s{0,4}(?:(?:es|é|est|ist|lautet|è|là|adalah|is|jest|är|er)(?!\p{L})|[:=—])[\s*_:]{0,8}`;
const ARABIC = String.raw`(?:الإجابة|الاجابة|الجواب)(?:\s+(?:الصحيحة|الصحيح|النهائية|النهائي)){0,2}\s{0,4}(?:هي|هو|:)\s{0,4}`;
const HINDI = String.raw`(?:उत्तर|विकल्प)\s{0,4}:?\s{0,4}`;
const CUE = new RegExp(
  [HEADING, ENGLISH, CHINESE, KOREAN, EUROPEAN, ARABIC, HINDI].map((cue) => `(?:${cue})`).join('|'),
  'giu',
);

/** Without one of these there is no cue, which is quicker to see. */
/** Before a cue: what it says is denied, in doubt, said of others or of a wrong answer. */
const DISOWNED =
  /(?:\b(?:wrong|incorrect|worst|bad|false|least\s+\w+|unlikely|other)\s+|\b(?:don't|do not|doesn't|didn't|cannot|can't|not|never|false|untrue|wrong|doubt(?:ful)?)\b[^.!?\n,;:]{0,24}?\b(?:that\s+)?(?:the\s+)?(?:correct\s+|right\s+|final\s+)?|\bif\b[^.!?\n;]{0,80}?,\s*(?:then\s+)?(?:the\s+)?(?:correct\s+|right\s+)?)$/i;
const DOUBTED = new RegExp(String.raw`\b${NOT_SAID}\b[^.!?\n,;:]{0,24}$`, 'i');
const HYPOTHETIC = /would be[\s*_:]*$/i;

const NOUN =
  /\bans|choice|option|答|正解|[选選]|답|resp[uo]|réponse|antwo|lösung|risposta|ответ|cevap|đáp|jawaban|odpow|svar|جابة|الجواب|उत्तर|विकल्प/i;

/** Behind "answer", "choice" or "option", these say something about it and not what it is. */
const NOTHING =
  /^(?:(?:in)?correct|wrong|checked|considered|evaluated|given|found|obtained|determined|calculated|(?:checked|evaluated|given|found|obtained|determined|calculated)\s+(?:by|from|in|as|to|with|using|through)\b.*|unclear|as follows|below|above|here|therefore|(?:let'?s|let us|we|i|to|in the form|expressed|simplified|supposed|expected|asked|required|likely to)\b.*|an?\s+(?:[a-z-]+\s+){0,2}(?:integer|number|fraction|decimal|letter|value|choice|option)s?)$/is;
const NOTHING_OF_OPTIONS =
  /^(?:right|true|false|valid|invalid|possible|impossible|(?:too|the|not|an?)\s.*|[a-z]+ed)$/is;

/**
 * The last statement of an answer: what follows "answer is", "answer:" and the like, in several languages, to the end of
 * its sentence; behind a cue that ends its line, the next line that holds something, or the formula set off there.
 */
export function lastStatement(text: string): Statement | undefined {
  const cues = NOUN.test(text) ? [...text.matchAll(CUE)] : [];
  for (let index = cues.length - 1; index >= 0; index -= 1) {
    const start = cues[index].index + cues[index][0].length;
    const end = cues[index + 1]?.index ?? text.length;
    const statement = readContent(text.slice(0, end), start);
    const noun = cues[index].groups?.noun?.toLowerCase();
    if (isDisowned(text.slice(Math.max(0, cues[index].index - 120), cues[index].index), cues[index][0])) continue;
    if (statement && !saysNothing(statement.content, noun)) return statement;
  }
  return undefined;
}

/** `I don't think the answer is`, `the wrong option is`, `if it were blue, the answer would be`. */
function isDisowned(before: string, cue: string): boolean {
  if (DOUBTED.test(before) || /(?:如果|假设|假如|若|有人\S{0,2}|可能|也许|或许)$/.test(before)) return true;
  const disowned = DISOWNED.exec(before)?.[0];
  if (disowned === undefined) return false;
  return !/^if\b/i.test(disowned) || HYPOTHETIC.test(cue);
}

function saysNothing(content: string, noun: string | undefined): boolean {
  const plain = content.replace(/[*_"]/g, '').trim();
  if (plain === '' || NOTHING.test(plain)) return true;
  return noun !== undefined && !noun.startsWith('ans') && NOTHING_OF_OPTIONS.test(plain);
}

function readContent(text: string, start: number): Statement | undefined {
  const ahead = text.slice(start, start + 2000);
  const lead = /^(?:[\s*_:]|\\\[(?=\s)|\$\$(?=\s*\n))*/.exec(ahead)![0];
  const opened = /(?:\\\[|\$\$)\s*$/.test(lead);
  const body = ahead.slice(lead.length);
  const setOff = opened ? /^[\s\S]*?(?=\\\]|\$\$)/.exec(body)?.[0] : undefined;
  if (setOff !== undefined) return { content: setOff.trim(), end: start + lead.length + setOff.length };
  const line = /^[^\n]*/.exec(body)![0];
  const sentence = firstSentence(line);
  const content = sentence
    .replace(
      /(?<=\S)(?:,\s*(?:as|which|where|given|due)|,?\s+(?:because|since|as shown|as required|as desired))\b.*$/i,
      '',
    )
    .replace(/(?<=\S)(?:,\s*(?:and\s+)?not|,?\s+(?:and not|rather than|instead of))\s.*$/i, '');
  const bare = readJson(content).replace(/(?<=[^\s*_])(?:\*{2,}|_{2,})\s*$/, '');
  return bare.trim() === '' ? undefined : { content: bare, end: start + lead.length + bare.length };
}

/** `"answer": "B"}` holds B, `"answer": 7}` 7. */
const readJson = (content: string) =>
  /^"([^"]*)"\s*\}?\s*$/.exec(content)?.[1] ?? /^(-?[\d.]+)\s*\}$/.exec(content)?.[1] ?? content;

const SENTENCE_END = /(?<!\b(?:Rs|No|approx|ca|vs|sq|cu))(?<!\.)\.(?=\s|$)|(?<=\D)!(?=\s)|\?(?=\s|$)/g;

/** `\textbf{B. blue}` is no end. */
const isWithinBraces = (before: string) =>
  (before.match(/(?<!\\)\{/g)?.length ?? 0) > (before.match(/(?<!\\)\}/g)?.length ?? 0);

/** To the full stop. A question states nothing. */
function firstSentence(line: string): string {
  const end = [...line.matchAll(SENTENCE_END)].find(({ index }) => !isWithinBraces(line.slice(0, index)));
  if (!end) return line;
  return end[0] === '?' ? '' : line.slice(0, end.index);
}
