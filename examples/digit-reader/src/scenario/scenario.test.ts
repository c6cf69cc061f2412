import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readScenario, Scenario } from './scenario';
import { watchScenario } from './watchScenario';

const shares = { flagship: 0, 'mid-range': 0.5, 'low-end': 1 };
const valid = {
  name: 'dim',
  says: 'Less light.',
  input: { transform: 'dim', strength: 0.7 },
  devices: { version2Shares: shares },
};

describe('a scenario', () => {
  it('fills in a healthy service and unharmed frames', () => {
    expect(readScenario(valid)).toEqual<Scenario>({
      name: 'dim',
      says: 'Less light.',
      input: { transform: 'dim', strength: 0.7 },
      devices: {
        version2Shares: shares as Scenario['devices']['version2Shares'],
        cutFrameEverySessions: 0,
      },
      service: {
        version: 1,
        repeats: 1,
        captureScale: 1,
        denoisePasses: 0,
        malformedShare: 0,
      },
    });
  });

  it.each([
    ['a list', [], 'The scenario must be a mapping of names to values'],
    [
      'an unknown field',
      { ...valid, speed: 3 },
      'speed is not known here; known are name, says, input, devices, service',
    ],
    [
      'an unknown transform',
      { ...valid, input: { transform: 'blur', strength: 1 } },
      'input.transform must be one of none, dim, noise, shift, not blur',
    ],
    [
      'too much strength',
      { ...valid, input: { transform: 'dim', strength: 7 } },
      'input.strength must be a number from 0 to 1, not 7',
    ],
    [
      'no strength',
      { ...valid, input: { transform: 'dim' } },
      'input.strength must be a number from 0 to 1, not undefined',
    ],
    [
      'half a pixel of shift',
      { ...valid, input: { transform: 'shift', strength: 1.5 } },
      'input.strength must be a whole number from 0 to 27, not 1.5',
    ],
    [
      'a missing share',
      {
        ...valid,
        devices: { version2Shares: { flagship: 1, 'mid-range': 1 } },
      },
      'devices.version2Shares.low-end must be a number from 0 to 1, not undefined',
    ],
    [
      'a misspelt class',
      { ...valid, devices: { version2Shares: { ...shares, lowend: 1 } } },
      'devices.version2Shares.lowend is not known here; known are flagship, mid-range, low-end',
    ],
    ['no name', { ...valid, name: '' }, 'name must be a text'],
    [
      'not a number',
      { ...valid, service: { repeats: Number.NaN } },
      'service.repeats must be a whole number from 1 to 1000, not null',
    ],
  ])('with %s is refused by the name of the field', (_, value, message) => {
    expect(() => readScenario(value)).toThrow(message);
  });
});

describe('watching a scenario file', () => {
  let directory: string;
  let lines: string[];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'scenarios-'));
    lines = [];
    for (const [name, strength] of [
      ['clean', 0],
      ['dim', 0.7],
    ] as const) {
      writeFileSync(
        join(directory, `${name}.yaml`),
        JSON.stringify({
          ...valid,
          name,
          says: `${name}!`,
          input: { transform: 'dim', strength },
        }),
      );
    }
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const watch = () =>
    watchScenario({
      file: join(directory, 'now'),
      directory,
      parse: JSON.parse,
      say: line => lines.push(line),
      everyMs: 3_600_000,
    });
  const name = (text: string) => writeFileSync(join(directory, 'now'), text);

  it('plays clean while the file does not exist, and follows it when it does', () => {
    const watched = watch();
    expect(watched.current().name).toBe('clean');
    name('dim\n');
    watched.look();
    expect(watched.current().name).toBe('dim');
    expect(lines).toEqual(["Scenario 'clean': clean!", "Scenario 'dim': dim!"]);
    watched.stop();
  });

  it('names a bad file once and keeps the last good scenario', () => {
    name('dim');
    const watched = watch();
    writeFileSync(
      join(directory, 'bad.yaml'),
      JSON.stringify({ ...valid, input: { transform: 'blur' } }),
    );
    name('bad');
    watched.look();
    watched.look();
    expect(watched.current().name).toBe('dim');
    expect(lines.slice(1)).toEqual([
      `The scenario ${join(
        directory,
        'bad.yaml',
      )} cannot be played: input.transform must be one of none, dim, noise, shift, not blur. 'dim' goes on.`,
    ]);
    watched.stop();
  });

  it('notices that the scenario being played was edited', () => {
    name('dim');
    const watched = watch();
    writeFileSync(
      join(directory, 'dim.yaml'),
      JSON.stringify({ ...valid, input: { transform: 'dim', strength: 0.3 } }),
    );
    watched.look();
    expect(watched.current().input.strength).toBe(0.3);
    watched.stop();
  });

  it('takes a path beside the file as well as a name', () => {
    writeFileSync(
      join(directory, 'mine.json'),
      JSON.stringify({ ...valid, name: 'mine' }),
    );
    name('./mine.json');
    const watched = watch();
    expect(watched.current().name).toBe('mine');
    watched.stop();
  });

  it('begins with clean when the first scenario named is bad', () => {
    name('no-such');
    const watched = watch();
    expect(watched.current().name).toBe('clean');
    expect(lines[1]).toBe("Scenario 'clean' instead: clean!");
    watched.stop();
  });
});
