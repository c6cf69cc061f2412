import { parser } from '@prometheus-io/lezer-promql';

/** Stands for the length of the step that is asked about, wherever a duration stands in an expression. */
const windowPlace = /\$\{window\}/g;

function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `line ${before.length}, column ${
    before[before.length - 1].length + 1
  }`;
}

/** An expression with a step filled in. The places have one length, so that columns stay where their author sees them. */
function filled(text: string, step: string): string {
  return text.replace(windowPlace, step);
}

interface Selector {
  from: number;
  to: number;
}

interface Reading {
  errorAt: number | undefined;
  /** Names of the nodes right below the root. */
  top: string;
  hasRange: boolean;
  hasShift: boolean;
  selectors: Selector[];
}

function read(text: string): Reading {
  const reading: Reading = {
    errorAt: text.trim() === '' ? 0 : undefined,
    top: '',
    hasRange: false,
    hasShift: false,
    selectors: [],
  };
  parser.parse(text).iterate({
    enter(node) {
      if (node.type.isError)
        reading.errorAt = Math.min(reading.errorAt ?? node.from, node.from);
      else if (node.name === 'MatrixSelector' || node.name === 'SubqueryExpr')
        reading.hasRange = true;
      else if (node.name === 'OffsetExpr' || node.name === 'StepInvariantExpr')
        reading.hasShift = true;
      else if (node.name === 'VectorSelector')
        reading.selectors.push({ from: node.from, to: node.to });
      if (node.node.parent?.name === 'PromQL' && reading.top === '')
        reading.top = node.name;
    },
  });
  return reading;
}

/**
 * Checks an expression by the grammar of Prometheus, as far as text can tell: what is wrong and where, or `undefined`.
 * `${window}` may stand for a duration. An expression over counters has to name the counters themselves, without range,
 * offset or `@`, so that {@link increaseOf} can ask how much they rose. Whether the metrics exist shows when it is asked.
 * @public
 */
export function checkPromQL(
  text: string,
  options: { readonly isCounter?: boolean } = {},
): string | undefined {
  const { errorAt, top, hasRange, hasShift, selectors } = read(
    filled(text, '1m'),
  );
  if (errorAt !== undefined)
    return `is no PromQL at ${placeOf(filled(text, '1m'), errorAt)}`;
  if (top === 'MatrixSelector' || top === 'SubqueryExpr')
    return 'gives ranges, not values; put a function such as increase around it';
  if (top === 'StringLiteral') return 'is a text, not a value';
  if (!options.isCounter) return undefined;
  if (hasRange)
    return 'has a range although counter is true; name the counters themselves, or set counter to false';
  if (hasShift)
    return 'looks at another time although counter is true; leave offset and @ out';
  return selectors.length === 0
    ? 'names no counter although counter is true'
    : undefined;
}

/**
 * The expression with every counter in it replaced by how much it rose within a step, so that a restart of one process is
 * seen in its own series, before sums. MUST be one that {@link checkPromQL} lets pass with `isCounter`. `step` is a
 * PromQL duration such as `1m`.
 * @public
 */
export function increaseOf(text: string, step: string): string {
  const { selectors } = read(text);
  let result = '';
  let at = 0;
  for (const { from, to } of selectors) {
    result += `${text.slice(at, from)}increase(${text.slice(
      from,
      to,
    )}[${step}])`;
    at = to;
  }
  return result + text.slice(at);
}

/** The expression with a step in the place of `${window}`. @public */
export function withWindow(text: string, step: string): string {
  return filled(text, step);
}
