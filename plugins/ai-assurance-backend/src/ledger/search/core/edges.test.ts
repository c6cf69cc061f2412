import { edgesOf, holdsFor } from './edges';
import { OpenPage } from './openPage';
import { PageWriter } from './pages';

function page(...terms: string[]): OpenPage {
  const writer = new PageWriter();
  for (const term of terms) writer.add(term, Uint16Array.of(0));
  return new OpenPage(writer.end()!.bytes);
}

const times = { from: 't:0', to: 't:9\uffff' };

describe('the edges of a kind of terms in a segment', () => {
  it('lie in its first and its last page, wherever other kinds begin and end', () => {
    const edges = edgesOf(times, {
      first: page('s:a', 't:2', 't:3'),
      afterFirst: 't:4',
      last: page('t:5', 't:6', 'w:word'),
    });
    expect(edges).toEqual({ first: 't:2', last: 't:6' });
  });

  it('lie in one page where it holds them all', () => {
    const only = page('s:a', 't:2', 'v:pass');
    expect(
      edgesOf(times, { first: only, afterFirst: 'w:word', last: only }),
    ).toEqual({ first: 't:2', last: 't:2' });
  });

  it('begin with the next page where the first one ends before them', () => {
    expect(
      edgesOf(times, {
        first: page('s:a', 's:b'),
        afterFirst: 't:2',
        last: page('t:2', 't:7'),
      }),
    ).toEqual({ first: 't:2', last: 't:7' });
  });

  it('are not there where there is no such term', () => {
    const only = page('s:a', 'v:pass');
    expect(
      edgesOf(times, { first: only, afterFirst: undefined, last: only }),
    ).toBe(undefined);
  });
});

describe('a range beside the edges', () => {
  const edges = { first: 't:3', last: 't:5' };

  it.each([
    ['t:0', 't:3', 'none'],
    ['t:0', 't:3\uffff', 'some'],
    ['t:5', 't:9', 'some'],
    ['t:5\uffff', 't:9', 'none'],
    ['t:4', 't:4\uffff', 'some'],
    ['t:3', 't:5', 'some'],
    ['t:3', 't:5\uffff', 'all'],
    ['t:0', 't:9', 'all'],
  ])('from %j up to %j holds for %s', (from, to, held) => {
    expect(holdsFor({ from, to }, edges)).toBe(held);
  });

  it.each([
    ['t:2', edges, 'none'],
    ['t:4', edges, 'some'],
    ['t:6', edges, 'none'],
    ['t:3', { first: 't:3', last: 't:3' }, 'all'],
  ])('of the one term %j holds', (from, of, held) => {
    expect(holdsFor({ from }, of)).toBe(held);
  });
});
