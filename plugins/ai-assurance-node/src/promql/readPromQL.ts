import { parser } from '@prometheus-io/lezer-promql';

/** Where an expression stops making sense. Both count from 1. */
export interface PromQLProblem {
  line: number;
  column: number;
}

/** A text in quotes within an expression, quotes included. */
export interface QuotedText {
  from: number;
  to: number;
  quote: '"' | "'" | '`';
  /** Whether it is the pattern of `=~` or `!~`, where some characters have a meaning. */
  isPattern: boolean;
}

/**
 * Reads an expression by the grammar of Prometheus: the first place that does not fit it, if any, and all texts in quotes.
 * Syntax only: whether the metrics exist and the types fit shows when it is asked.
 */
export function readPromQL(text: string): {
  problem: PromQLProblem | undefined;
  quoted: QuotedText[];
} {
  let errorAt: number | undefined;
  const quoted: QuotedText[] = [];
  parser.parse(text).iterate({
    enter(node) {
      if (node.type.isError) {
        errorAt = Math.min(errorAt ?? node.from, node.from);
      } else if (node.name === 'StringLiteral') {
        const operator = node.node.parent?.getChild('MatchOp');
        const sign = operator && text.slice(operator.from, operator.to);
        quoted.push({
          from: node.from,
          to: node.to,
          quote: text[node.from] as QuotedText['quote'],
          isPattern: sign === '=~' || sign === '!~',
        });
      }
    },
  });
  if (text.trim() === '') errorAt = 0;
  return {
    problem: errorAt === undefined ? undefined : placeOf(text, errorAt),
    quoted,
  };
}

function placeOf(text: string, offset: number): PromQLProblem {
  const before = text.slice(0, offset).split('\n');
  return {
    line: before.length,
    column: before[before.length - 1].length + 1,
  };
}
