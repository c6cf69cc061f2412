import { refuse } from './parts';

/**
 * Rows of a text of comma-separated values (RFC 4180): quoted fields, doubled quotes, line breaks in quotes. Throws
 * `BROKEN_REPORT` with the line for a quote that is never closed.
 */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let isQuoted = false;
  let line = 1;
  let openedAt = 1;
  const endField = () => {
    row.push(field);
    field = '';
  };
  const endRow = () => {
    endField();
    if (row.some(value => value !== '')) rows.push(row);
    row = [];
  };
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '\n') line += 1;
    if (isQuoted) {
      if (char !== '"') field += char;
      else if (text[at + 1] === '"') {
        field += '"';
        at += 1;
      } else isQuoted = false;
    } else if (char === '"') {
      isQuoted = true;
      openedAt = line;
    } else if (char === ',') endField();
    else if (char === '\n') endRow();
    else if (char !== '\r') field += char;
  }
  if (isQuoted)
    refuse('BROKEN_REPORT', `line ${openedAt}: a quote is never closed`);
  endRow();
  return rows;
}
