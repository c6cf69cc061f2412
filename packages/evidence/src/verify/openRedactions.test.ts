import { OpenRedactions } from './redactions';

describe('a redaction that a dishonest signer recorded', () => {
  const leaf = {
    type: 'io.ai-assurance.redaction.v1',
    source: '/ai-assurance/ledger',
  };
  const entry = { position: 9, leaf: '', salt: '', proof: [] };

  it.each([
    ['no JSON', '{"items":'],
    ['null', 'null'],
    ['a number', '7'],
    ['items that are no list', '{"items":"41"}'],
    ['items that are nothing', '{"items":[null,41,{}]}'],
    ['nothing, being redacted itself', null],
  ])('explains nothing when its payload is %s', (_, payload) => {
    const open = new OpenRedactions();
    open.await(4, 9);
    expect(open.explain({ ...entry, payload }, leaf)).toBe(
      'It does not list position 4, which is said to be redacted by it',
    );
  });

  it('explains what it lists, in any version of the kind', () => {
    const open = new OpenRedactions();
    open.await(4, 9);
    open.await(5, 9);
    const payload = '{"items":[{"evidenceId":"5"},{"evidenceId":"4"}]}';
    expect(
      open.explain(
        { ...entry, payload },
        { ...leaf, type: 'io.ai-assurance.redaction.v2' },
      ),
    ).toBe(2);
    expect(open.first()).toBe(undefined);
  });
});
