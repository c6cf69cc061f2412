import { parseGates } from './readGates';

const header = `apiVersion: ai-assurance.io/v1
kind: EvaluationGates
metadata: { name: reader, title: Reader }
spec:
  gates:
`;
const gatesOf = (...lines: string[]) =>
  parseGates(`${header}${lines.map(line => `    - ${line}\n`).join('')}`, 'g');

describe('a file of gates', () => {
  it.each([
    [
      '{ id: a, question: Is it good?, metric: m, atLeast: 1, atMost: 2 }',
      'line 6: spec.gates.0: must have exactly one of atLeast and atMost',
    ],
    [
      '{ id: a, question: Is it good?, metric: m, atleast: 1 }',
      'line 6: spec.gates.0: Unrecognized key: "atleast"',
    ],
    [
      '{ id: a, question: Is it good?, metric: the metric, atLeast: 1 }',
      'line 6: spec.gates.0.metric',
    ],
  ])('names file, line and field: %s', (gate, message) => {
    expect(() => gatesOf(gate)).toThrow(message);
  });

  it('declares a gate once', () => {
    const gate = '{ id: a, question: Is it good?, metric: m, atLeast: 1 }';
    expect(() => gatesOf(gate, gate)).toThrow(
      'line 7: spec.gates.1.id: gate a is declared twice',
    );
  });
});
