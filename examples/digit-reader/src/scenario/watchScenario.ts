import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { readScenario, Scenario } from './scenario';

/** What {@link watchScenario} needs. */
export interface WatchOptions {
  /** A file that holds just the name or the path of a scenario. Without it, or while it does not exist, `clean` is played. */
  file: string | undefined;
  /** Where scenarios are found by name. */
  directory: string;
  /** Parses the text of a scenario file. */
  parse(text: string): unknown;
  say(line: string): void;
  onChange?(scenario: Scenario): void;
  /** How often the files are looked at. */
  everyMs?: number;
}

/** The scenario being played, kept up to date. */
export interface ScenarioWatch {
  current(): Scenario;
  /** Looks at the files now; otherwise this happens by itself. */
  look(): void;
  stop(): void;
}

function whereIs(named: string, options: WatchOptions): string {
  const isName = /^[a-z0-9-]+$/.test(named);
  if (isName) return join(options.directory, `${named}.yaml`);
  return isAbsolute(named) || !options.file
    ? resolve(named)
    : resolve(dirname(options.file), named);
}

/**
 * Plays the scenario that a file names and follows the file: a change is noticed without a restart, whether another
 * scenario is named or the one being played is edited. A bad one is named in the log, and the last good one stays.
 *
 * Throws when the very first scenario cannot be read and `clean` cannot either.
 */
export function watchScenario(options: WatchOptions): ScenarioWatch {
  let scenario: Scenario | undefined;
  let seen = '';

  const look = () => {
    let file = '';
    let text = '';
    try {
      const named =
        options.file && existsSync(options.file)
          ? readFileSync(options.file, 'utf8').trim()
          : '';
      file = whereIs(named || 'clean', options);
      text = readFileSync(file, 'utf8');
    } catch (error) {
      text = `unreadable: ${error instanceof Error ? error.message : error}`;
    }
    if (seen === `${file}\n${text}`) return;
    seen = `${file}\n${text}`;
    try {
      if (text.startsWith('unreadable: '))
        throw new Error(text.slice('unreadable: '.length));
      const next = readScenario(options.parse(text));
      scenario = next;
      options.say(`Scenario '${next.name}': ${next.says}`);
      options.onChange?.(next);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      options.say(
        `The scenario ${file} cannot be played: ${why}.${
          scenario ? ` '${scenario.name}' goes on.` : ''
        }`,
      );
    }
  };

  look();
  if (!scenario) {
    const clean = join(options.directory, 'clean.yaml');
    scenario = readScenario(options.parse(readFileSync(clean, 'utf8')));
    options.say(`Scenario '${scenario.name}' instead: ${scenario.says}`);
  }
  const timer = setInterval(look, options.everyMs ?? 1000);
  timer.unref();
  return { current: () => scenario!, look, stop: () => clearInterval(timer) };
}
