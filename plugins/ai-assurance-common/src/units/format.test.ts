import {
  formatCount,
  formatCounted,
  formatMs,
  formatShare,
  formatShareOf,
  shortDigest,
} from './format';

it.each([
  [1180, 1204, '98.0 % of 1,204'],
  [1, 3, '33.3 % of 3'],
  [5, 5, '100 % of 5'],
  [0, 5, '0 % of 5'],
  [0, 0, 'no data'],
])('%d of %d reads "%s"', (part, whole, text) => {
  expect(formatShare(part, whole)).toBe(text);
});

it.each([
  [12.41, '12.4 ms'],
  [0.1234, '0.123 ms'],
  [999.6, '1000 ms'],
  [1250, '1.25 s'],
])('%d milliseconds read "%s"', (ms, text) => {
  expect(formatMs(ms)).toBe(text);
});

it('groups digits', () => {
  expect(formatCount(1234567)).toBe('1,234,567');
});

it('shortens a digest to twelve digits', () => {
  expect(shortDigest(`sha256:${'0123456789abcdef'.repeat(4)}`)).toBe(
    '0123456789ab',
  );
});

it('counts one thing in other words than several', () => {
  expect(
    [0, 1, 1204].map(count => formatCounted(count, 'query', 'queries')),
  ).toEqual(['0 queries', '1 query', '1,204 queries']);
  expect([0, 1, 4].map(whole => formatShareOf(1, whole, 'request'))).toEqual([
    'no data',
    '100 % of 1 request',
    '25.0 % of 4 requests',
  ]);
});
