/** What can be searched of one item. */
export interface SearchableItem {
  position: number;
  source: string;
  type: string;
  subject: string;
  status: string | undefined;
  timeMs: number;
  /** Canonical text that the tree holds. */
  leaf: string;
  /** Canonical text; absent once it was erased. */
  payload: string | undefined;
}

/**
 * Longer words are kept by their beginning, so that a digest does not cost its whole length; 20 hexadecimal characters are
 * 80 bits. A longer wanted word is compared with the item itself.
 */
export const KEPT_LENGTH = 20;
const maxWords = 1_000;
export const HOUR_MS = 3_600_000;
// Keeps hours before 1970 in order as text.
const hourShift = 20_000_000;

const wordPattern = /[\p{L}\p{N}]+(?:[._+-]+[\p{L}\p{N}]+)*/gu;
const instantPattern = /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})$/;
const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Names of fields whose numbers name a thing rather than measure one. */
const namingPattern = /(?:id|number|run|version|revision|generation|build)$/i;

/** The part of a word that is kept. A cut never leaves half of a surrogate pair: it has no bytes, and would be another term. */
function keptOf(word: string): string {
  return word.slice(0, KEPT_LENGTH).replace(/[\ud800-\udbff]$/, '');
}

/** Words of a text, in lower case: `digit-reader`, `1.4.2`, `sha256`. */
export function wordsIn(text: string): string[] {
  return text.toLocaleLowerCase('en-US').match(wordPattern) ?? [];
}

function addWord(words: Set<string>, word: string): void {
  if (words.size >= maxWords) return;
  words.add(keptOf(word));
  if (!/[._+-]/.test(word) || uuidPattern.test(word)) return;
  // `reader` finds `digit-reader`, `4711` finds `run-4711`; the numbers of a version are too short to be looked for.
  for (const part of word.split(/[._+-]+/)) {
    if (part.length >= (/^\d+$/.test(part) ? 4 : 2)) words.add(keptOf(part));
  }
}

function collect(words: Set<string>, value: unknown, name: string): void {
  if (typeof value === 'string') {
    if (instantPattern.test(value)) return;
    for (const word of wordsIn(value)) addWord(words, word);
  } else if (typeof value === 'number') {
    if (Number.isSafeInteger(value) && namingPattern.test(name))
      addWord(words, String(value));
  } else if (Array.isArray(value)) {
    for (const one of value) collect(words, one, name);
  } else if (value !== null && typeof value === 'object') {
    for (const [field, one] of Object.entries(value))
      collect(words, one, field);
  }
}

/** Canonical texts of an item. */
interface Texts {
  leaf: string;
  payload: string | undefined;
}

/** Words by which an item is found as long as its payload is there. */
export function wordsOf(item: Texts): Set<string> {
  const words = wordsOfLeaf(item.leaf);
  if (item.payload !== undefined) collect(words, JSON.parse(item.payload), '');
  return words;
}

/** Words that stay when the payload is erased. */
export function wordsOfLeaf(leaf: string): Set<string> {
  const words = new Set<string>();
  const {
    leafFormat: _format,
    payloadCommitment: _commitment,
    specversion: _specversion,
    datacontenttype: _contentType,
    ...rest
  } = JSON.parse(leaf);
  collect(words, rest, '');
  return words;
}

const hourText = (atMs: number) =>
  String(Math.floor(atMs / HOUR_MS) + hourShift).padStart(9, '0');

/** Terms: what the index holds. The letter says which field a term is of. */
export const term = {
  word: (word: string) => `w:${keptOf(word)}`,
  type: (type: string) => `k:${type}`,
  subject: (subject: string) => `s:${subject}`,
  source: (source: string) => `o:${source}`,
  status: (status: string) => `v:${status}`,
  /** To the hour. */
  time: (atMs: number) => `t:${hourText(atMs)}`,
  isWord: (text: string) => text.startsWith('w:'),
};

/** All terms of an item. */
export function termsOfItem(item: SearchableItem): string[] {
  const terms = [
    term.type(item.type),
    term.subject(item.subject),
    term.source(item.source),
    term.time(item.timeMs),
  ];
  if (item.status !== undefined) terms.push(term.status(item.status));
  for (const word of wordsOf(item)) terms.push(`w:${word}`);
  return terms;
}

/** Whether each of the wanted words stands in the item, at whatever place. */
export function holdsTexts(
  { leaf, payload }: Texts,
  wanted: string[],
): boolean {
  const text = `${leaf} ${payload ?? ''}`.toLocaleLowerCase('en-US');
  return wanted.every(word => text.includes(word));
}

/** Whether a word of the item begins with each of the wanted words. */
export function hasWords(item: Texts, wanted: string[]): boolean {
  // Most items fail here, without being read.
  if (!holdsTexts(item, wanted)) return false;
  const words = [...wordsOf(item)];
  return wanted.every(word => {
    const kept = keptOf(word);
    return words.some(own => own.startsWith(kept));
  });
}
