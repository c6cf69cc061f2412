import { z } from 'zod';
import { readYaml } from './yaml';

const schema = z
  .object({
    name: z.string(),
    list: z.array(z.object({ size: z.number() }).strict()),
  })
  .strict();
const read = (text: string) => readYaml(text, 'a.yaml', schema);

describe('readYaml', () => {
  it('reads every document', () => {
    expect(
      read('name: a\nlist: []\n---\nname: b\nlist: [{ size: 1 }]\n'),
    ).toEqual([
      { name: 'a', list: [] },
      { name: 'b', list: [{ size: 1 }] },
    ]);
  });

  it.each([
    ['an empty file', '', 'a.yaml: line 1: the file is empty'],
    [
      'a wrong type',
      'name: a\nlist:\n  - size: 1\n  - size: big\n',
      'a.yaml: line 4: list.1.size: Invalid input: expected number, received string',
    ],
    [
      'a missing field',
      'name: a\nlist:\n  - {}\n',
      'a.yaml: line 3: list.0.size: Invalid input: expected number, received undefined',
    ],
    [
      'an unknown key',
      'name: a\nlist: []\nextra: 1\n',
      'a.yaml: line 3: Unrecognized key: "extra"',
    ],
    [
      'a fault in the second document',
      'name: a\nlist: []\n---\nlist: []\nname: 5\n',
      'a.yaml: line 5: name: Invalid input: expected string, received number',
    ],
    [
      'a key twice',
      'name: a\nlist: []\nname: b\n',
      'a.yaml: line 3: Map keys must be unique',
    ],
    ['broken syntax', 'name: a\nlist: [\n', 'a.yaml: line 3: '],
    [
      'text instead of a mapping',
      'hello',
      'a.yaml: line 1: Invalid input: expected object, received string',
    ],
  ])('%s is refused with file, line and reason', (_name, text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  it('aliases are refused: they could blow a small file up to any size', () => {
    expect(() =>
      read('name: &n a\nlist: []\n---\nname: *n\nlist: []\n'),
    ).toThrow('a.yaml: line 4: ');
    expect(() => read('name: &n a\nlist: [{ size: *n }]\n')).toThrow(
      'a.yaml: line 2: aliases are not supported',
    );
  });

  it('a file of nothing but unknown keys is refused at once, in a few words', () => {
    const keys = Array.from({ length: 50_000 }, (_, i) => `k${i}: 1`);
    let message = '';
    try {
      read(`{${keys.join(', ')}}`);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toMatch(/^a\.yaml: line 1: name: Invalid input/);
    expect(message.length).toBeLessThan(1000);
    expect(() => read(`{${keys.join(', ')}, k49999: 2}`)).toThrow(
      'a.yaml: line 1: Map keys must be unique',
    );
  });
});
