import { isStoreAway } from './storeAway';

const withCodeOf = (code: string) =>
  Object.assign(new Error('it failed'), { code });

describe('whether the store is away', () => {
  it.each([
    ['a refused connection', withCodeOf('ECONNREFUSED')],
    ['a server that is shutting down', withCodeOf('57P01')],
    ['a lost connection', withCodeOf('08006')],
    ['a full disk of SQLite', withCodeOf('SQLITE_FULL')],
    ['a busy file', withCodeOf('SQLITE_BUSY_SNAPSHOT')],
    ['a dropped client', new Error('Connection terminated unexpectedly')],
    [
      'an exhausted pool',
      Object.assign(new Error('Timeout acquiring'), {
        name: 'KnexTimeoutError',
      }),
    ],
  ])('is said by %s', (_name, error) => {
    expect(isStoreAway(error)).toBe(true);
  });

  it.each([
    ['a broken constraint', withCodeOf('23505')],
    ['a broken constraint of SQLite', withCodeOf('SQLITE_CONSTRAINT_UNIQUE')],
    ['a syntax error', withCodeOf('42601')],
    ['a bug', new TypeError('x is not a function')],
    ['something that is no error', 'ECONNREFUSED'],
  ])('is not said by %s', (_name, error) => {
    expect(isStoreAway(error)).toBe(false);
  });
});
