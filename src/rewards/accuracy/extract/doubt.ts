const OTHERS =
  '(?:some\\w*|people|(?:a|one|the|my|another) (?:student|friend|classmate|person)|students|others?|they|he|she|you|many|nobody|no one|one (?:may|might|could|would))';

/** What makes of a statement no answer of its own: a guess, an assumption, what others say. */
export const NOT_SAID = String.raw`(?:perhaps|maybe|possibly|suppos(?:e|ing)|assum(?:e|ing)|whether|false that|untrue that|nobody|no one|${OTHERS}\b[^.!?\n]{0,30}\b(?:thinks?|says?|said|claims?|claimed|believes?|argues?|guess\w*|chose|chooses?|picks?|picked))`;

/** Words that reject the number behind or before them. */
export const REJECTS = String.raw`(?:reject\w*|exclud\w*|discard\w*|eliminat\w*|rul\w+ out|no (?:means|longer|way))`;
