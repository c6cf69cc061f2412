import { pageOf } from './pageOf';

const rows = [
  { rank: 1, name: 'b' },
  { rank: 0, name: 'z' },
  { rank: 1, name: 'a' },
  { rank: 2, name: 'ä ü' },
];
const keyOf = ({ rank, name }: (typeof rows)[number]) => [rank, name];

describe('a page of rows', () => {
  it('follows the page before, whatever came before it meanwhile', () => {
    const first = pageOf(rows, keyOf, { limit: 2 });
    expect(first.rows.map(({ name }) => name)).toEqual(['z', 'a']);
    const more = [{ rank: 0, name: 'new' }, ...rows.slice(0, 2), rows[3]];
    const second = pageOf(more, keyOf, { limit: 1, cursor: first.nextCursor });
    expect(second.rows.map(({ name }) => name)).toEqual(['b']);
    const third = pageOf(more, keyOf, { limit: 1, cursor: second.nextCursor });
    expect(third).toEqual({ rows: [rows[3]] });
  });

  it.each(['nonsense', 'e30', 'W251bGxd', 'W1tdXQ', ''])(
    'is not guessed from the cursor %p',
    cursor => {
      expect(() => pageOf(rows, keyOf, { limit: 2, cursor })).toThrow(
        'query.cursor: is none that an answer of this list gave.',
      );
    },
  );
});
