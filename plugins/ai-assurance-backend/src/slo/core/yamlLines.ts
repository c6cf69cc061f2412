import { Document, isMap, isScalar, isSeq, LineCounter } from 'yaml';

type Path = readonly PropertyKey[];

/**
 * The line, from 1, on which the value at `path` starts, or its deepest parent that exists: a missing field is
 * reported at the object that lacks it.
 */
export function lineOf(
  document: Document.Parsed,
  lines: LineCounter,
  path: Path,
): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0] ?? document.range[0];
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(
        item => isScalar(item.key) && item.key.value === step,
      );
      if (!pair) break;
      offset = (isScalar(pair.key) && pair.key.range?.[0]) || offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      const range = (node as { range?: [number, number, number] } | undefined)
        ?.range;
      if (!range) break;
      offset = range[0];
    } else {
      break;
    }
  }
  return lines.linePos(offset).line;
}

/** `spec.objectives[0].target` */
export function pathInWords(path: Path): string {
  return path
    .map((step, i) => {
      if (typeof step === 'number') return `[${step}]`;
      return i === 0 ? String(step) : `.${String(step)}`;
    })
    .join('');
}
