const codes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  // PostgreSQL: too many connections, out of memory or disk, shutting down, starting up, read-only after a fail-over.
  '53100',
  '53200',
  '53300',
  '57P01',
  '57P02',
  '57P03',
  '25006',
  'SQLITE_BUSY',
  'SQLITE_CANTOPEN',
  'SQLITE_FULL',
  'SQLITE_IOERR',
  'SQLITE_READONLY',
]);

/**
 * Whether an error says that the database cannot be reached or cannot write just now, so that the same may work later. What
 * a statement got wrong is no such error.
 */
export function isStoreAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') {
    // Class 08 of PostgreSQL: connection exceptions. SQLite adds to its codes what exactly went wrong.
    if (codes.has(code) || /^08[0-9A-Z]{3}$/.test(code)) return true;
    const [sqlite, main] = code.split('_');
    if (sqlite === 'SQLITE' && codes.has(`SQLITE_${main}`)) return true;
  }
  return (
    error.name === 'KnexTimeoutError' ||
    /Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|database connection is not open|Unable to acquire a connection/i.test(
      error.message,
    )
  );
}
