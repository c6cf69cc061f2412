import { onCallLinks } from './onCallLinks';

describe('links of an owner to whoever is on call', () => {
  it('are those whose type, title or address says so', () => {
    expect(
      onCallLinks([
        { type: 'on-call', url: 'https://example.com/rota' },
        { title: 'Pager', url: 'tel:+4712345678' },
        { url: 'https://example.com/oncall' },
        { title: 'Wiki', url: 'https://example.com/wiki' },
      ]),
    ).toEqual([
      { title: 'https://example.com/rota', url: 'https://example.com/rota' },
      { title: 'Pager', url: 'tel:+4712345678' },
      {
        title: 'https://example.com/oncall',
        url: 'https://example.com/oncall',
      },
    ]);
  });

  it.each(['javascript', 'JavaScript', ' javascript', 'data', 'vbscript'])(
    'never run anything: %j',
    scheme => {
      const url = `${scheme}:text/html,alert(1)`;
      expect(onCallLinks([{ type: 'on-call', url }])).toEqual([]);
    },
  );
});
