import {
  Document,
  isScalar,
  LineCounter,
  parseAllDocuments,
  visit,
  YAMLParseError,
} from 'yaml';

/**
 * Parses every document of a YAML text; a fault, or a key that stands twice in one mapping, is among the errors of its
 * document. The parser's own look for such keys compares each with all before it, so that a small file of nothing but keys
 * would hold the process for seconds. Throws nothing; an empty text has no documents.
 */
export function parseYamlDocuments(
  text: string,
  lines: LineCounter,
): Document.Parsed[] {
  const parsed = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
  });
  // An empty stream is no list but an object that says so.
  const documents: Document.Parsed[] = Array.isArray(parsed) ? parsed : [];
  for (const document of documents) {
    if (document.errors.length === 0) findRepeatedKeys(document);
  }
  return documents;
}

function findRepeatedKeys(document: Document.Parsed): void {
  visit(document, {
    Map(_key, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (!seen.has(key.value)) {
          seen.add(key.value);
          continue;
        }
        const at = key.range?.[0] ?? 0;
        document.errors.push(
          new YAMLParseError(
            [at, at + 1],
            'DUPLICATE_KEY',
            'Map keys must be unique',
          ),
        );
        return visit.BREAK;
      }
      return undefined;
    },
  });
}
