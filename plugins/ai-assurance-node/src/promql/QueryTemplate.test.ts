import { CollectorSubject } from '../collector';
import { readPromQL } from './readPromQL';
import { QueryTemplate } from './QueryTemplate';

const subject = (annotation: string): CollectorSubject => ({
  entityRef: 'component:default/digit-api',
  kind: 'ai-service',
  annotations: { 'example.com/job': annotation },
  spec: {},
});
const read = (text: string) =>
  QueryTemplate.read(text, 'queries[0].cost', '1h');

describe('a query with places', () => {
  it('is filled from the subject and the window', () => {
    const template = read(
      'sum(increase(cost{s="${subject}", n=\'${namespace}/${name}\', k=~"${kind}-.*", j="${annotation:example.com/job}"}[${window}]))',
    );
    expect(template.annotations).toEqual(['example.com/job']);
    expect(template.fill(subject('api'))).toBe(
      'sum(increase(cost{s="component:default/digit-api", n=\'default/digit-api\', k=~"component-.*", j="api"}[1h]))',
    );
  });

  it.each([
    ['a"} or on() vector(0) #', '"', 'j="a\\"} or on() vector(0) #"'],
    ['back\\slash', '"', 'j="back\\\\slash"'],
    ['two\nlines', '"', 'j="two\\nlines"'],
    ["it's", "'", "j='it\\'s'"],
  ])('escapes %j, so that it stays one text', (value, quote, expected) => {
    const filled = read(
      `up{j=${quote}\${annotation:example.com/job}${quote}}`,
    ).fill(subject(value));
    expect(filled).toBe(`up{${expected}}`);
    expect(readPromQL(filled).problem).toBe(undefined);
    expect(readPromQL(filled).quoted.length).toBe(1);
  });

  it('takes characters of patterns literally in patterns', () => {
    expect(
      read('up{j=~"${annotation:example.com/job}|x"}').fill(subject('a.*|b')),
    ).toBe('up{j=~"a\\\\.\\\\*\\\\|b|x"}');
  });

  it('cannot be asked about a subject without the annotation', () => {
    expect(() =>
      read('up{j="${annotation:example.com/other}"}').fill(subject('a')),
    ).toThrow('the query needs annotation:example.com/other');
  });

  it.each([
    ['sum(up{', 'queries[0].cost: no PromQL at line 1, column 8'],
    ['sum(\n  up) +', 'queries[0].cost: no PromQL at line 2, column 8'],
    [' ', 'queries[0].cost: no PromQL at line 1, column 1'],
    ['up{j=`${name}`}', '${name} has to stand within double or single quotes'],
    ['${name}_total', '${name} has to stand within double or single quotes'],
    ['up{j="${owner}"}', '${owner} is unknown; there are ${subject}, '],
    ['no_such_function(up)', 'queries[0].cost: no PromQL at line 1, column 17'],
    ['rate(up[5x])', 'queries[0].cost: no PromQL at line 1, column 10'],
  ])('is refused when it is %j', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});
