import { fieldOf, instantOfField, momentMs, momentText } from './moment';

describe('moments', () => {
  it.each([
    ['2026-11-12T14:00', '2026-11-12T14:00:00Z'],
    ['2026-11-12T14:00:30', '2026-11-12T14:00:30Z'],
    ['2026-11-12', undefined],
    ['', undefined],
  ])('what the field holds, %p, is the instant %p', (value, asOf) => {
    expect(instantOfField(value)).toBe(asOf);
  });

  it.each([
    ['2026-11-12T14:00:00Z', '12 Nov 2026 14:00 UTC', '2026-11-12T14:00'],
    ['2026-11-12T14:00:30Z', '12 Nov 2026 14:00:30 UTC', '2026-11-12T14:00'],
  ])('%s reads %s', (asOf, text, field) => {
    const atMs = momentMs(asOf)!;
    expect(momentText(atMs)).toBe(text);
    expect(fieldOf(atMs)).toBe(field);
  });

  it.each(['yesterday', '2026-11-12T14:00:00', '2026-11-12T14:00:00+01:00'])(
    '%s is no moment',
    asOf => {
      expect(momentMs(asOf)).toBe(undefined);
    },
  );
});
