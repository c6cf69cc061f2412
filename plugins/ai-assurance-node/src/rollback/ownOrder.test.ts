import { nameOfOrder, outcomeOfFound, outcomeOrFound } from './ownOrder';
import { RollbackOutcome } from './rollbackManager';

const outcome = (
  state: RollbackOutcome['state'],
  code: string | null,
): RollbackOutcome => ({ state, status: null, code, reference: null });

describe('an order of ours in a fleet manager', () => {
  it('is called by its id', () => {
    expect(nameOfOrder({ orderId: 'ord_1' })).toBe('Roll back ord_1');
  });

  it('is looked for when no answer came, and is accepted when it is there', async () => {
    const found = outcomeOfFound('rollout/7');
    expect(found).toEqual({
      state: 'accepted',
      status: null,
      code: 'FOUND',
      reference: 'rollout/7',
    });
    expect(
      await outcomeOrFound(
        outcome('unanswered', 'NO_ANSWER'),
        async () => found,
      ),
    ).toBe(found);
  });

  it('stays unanswered when it is not found: it may be on its way', async () => {
    const before = outcome('unanswered', 'NO_ANSWER');
    expect(await outcomeOrFound(before, async () => undefined)).toBe(before);
  });

  it.each([outcome('refused', 'REFUSED'), outcome('accepted', null)])(
    'is not looked for when it was answered: %p',
    async answered => {
      let lookCount = 0;
      const found = await outcomeOrFound(answered, async () => {
        lookCount += 1;
        return undefined;
      });
      expect([found, lookCount]).toEqual([answered, 0]);
    },
  );
});
