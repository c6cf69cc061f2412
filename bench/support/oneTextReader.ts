import type { UrlReaderService } from '@backstage/backend-plugin-api';

/** Answers every address with one text, and knows by its ETag that nothing changed, as the integrations of Backstage do. */
export function oneTextReader(text: string): UrlReaderService {
  return {
    readUrl: async (_url, asked) => {
      if (asked?.etag === 'one') {
        const error = new Error('not modified');
        error.name = 'NotModifiedError';
        throw error;
      }
      return { buffer: async () => Buffer.from(text), etag: 'one' };
    },
    readTree: async () => {
      throw new Error('No trees here');
    },
    search: async () => {
      throw new Error('No search here');
    },
  };
}
