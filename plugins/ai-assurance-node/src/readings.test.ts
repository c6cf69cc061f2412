import { readAnswer, ValueSchema } from './http/readAnswer';
import { readMemory } from './readMemory';
import { requireSelection } from './selection';

const counts: ValueSchema<{ count: number }> = {
  safeParse: value =>
    typeof (value as any)?.count === 'number'
      ? { success: true, data: { count: (value as any).count } }
      : { success: false, error: { issues: [{ path: ['rows', 0, 'count'] }] } },
};
const answered = (body: any) => ({ status: 200, body, asked: 'GET /rows' });

describe('what a collector reads', () => {
  it('is an answer as far as its schema goes', () => {
    const answer = answered({ count: 3, owner: 'jane' });
    expect(readAnswer(answer, counts, 'The shelf')).toEqual({ count: 3 });
  });

  it('is refused where it does not fit, without what stood there', () => {
    expect(() => readAnswer(answered({ count: 'jane' }), counts, 'The shelf'))
      // prettier-ignore
      .toThrow(
        expect.objectContaining({
          code: 'malformed-answer',
          message:
            'The shelf answered otherwise than it documents, at “rows.0.count”: GET /rows',
        }),
      );
  });

  it.each([
    [{ count: 3 }, { count: 3 }],
    [undefined, undefined],
    ['of another form', undefined],
  ])('is of the memory %p: %p', (kept, read) => {
    const memory = { read: () => kept, write: () => {} };
    expect(readMemory(memory, counts)).toEqual(read);
  });

  it('is the selection that annotations make', () => {
    const reading = { ok: true, selection: 'digits' } as const;
    expect(requireSelection(reading, 'the shelf')).toBe('digits');
  });

  it.each([
    [
      { ok: false, problem: 'shelf: write a name' } as const,
      'shelf: write a name',
    ],
    [undefined, 'the subject has no annotation for the shelf'],
  ])('is misconfigured where they make none: %p', (reading, message) => {
    expect(() => requireSelection(reading, 'the shelf')).toThrow(
      expect.objectContaining({ code: 'misconfigured', message }),
    );
  });
});
