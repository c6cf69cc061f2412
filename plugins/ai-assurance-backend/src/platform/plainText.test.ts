import { requirePlainText } from './plainText';

const codeOf = (value: unknown) => {
  try {
    requirePlainText(value, 'body');
    return 'taken';
  } catch (error) {
    return (error as { code?: string }).code;
  }
};

describe('what people type', () => {
  it.each([
    ['a null character', 'a\u0000b'],
    ['an escape sequence', '\u001b[31mred'],
    ['a control of the second block', 'a\u0085b'],
    ['an override of the writing direction', 'approved \u202egnorw'],
    ['an isolate', '\u2066x\u2069'],
    ['a separator of paragraphs', 'a\u2029b'],
    ['a byte order mark', '\ufeffa'],
    ['hidden tags', 'a\u{e0041}'],
    ['half a surrogate pair', 'a\ud800'],
  ])('is refused with %s', (_what, text) => {
    expect(codeOf({ reason: text })).toBe('HIDDEN_CHARACTERS');
    expect(codeOf([{ deep: { er: text } }])).toBe('HIDDEN_CHARACTERS');
    expect(codeOf({ [text]: 1 })).toBe('HIDDEN_CHARACTERS');
  });

  it.each([
    'Zwei Zeilen\n\tund ein Einzug\r\n',
    'می‌خواهم',
    'שלום\u200f!',
    '👩‍🔬 🇪🇺 é',
    '',
  ])('is taken as %p', text => {
    expect(codeOf({ reason: text })).toBe('taken');
  });

  it('is refused with place and character', () => {
    expect(() =>
      requirePlainText({ votes: [{ reason: 'ok\u202e' }] }, 'body'),
    ).toThrow(
      'body.votes.0.reason: holds a character that cannot be seen or that turns the text around it, U+202E at place 3. Type the text again without it.',
    );
  });

  it('is no tower', () => {
    let tower: unknown = 'top';
    for (let i = 0; i < 100; i += 1) tower = [tower];
    expect(codeOf(tower)).toBe('TOO_DEEP');
  });
});
