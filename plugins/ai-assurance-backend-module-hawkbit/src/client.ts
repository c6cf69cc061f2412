import {
  CollectorError,
  JsonClient,
  readAnswer,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { z } from 'zod';
import {
  groupPageSchema,
  HawkbitGroup,
  HawkbitRollout,
  rolloutPageSchema,
} from './core/answers';

/** hawkBit answers at most 500 at once; smaller pages keep each answer small. */
const pageSize = 100;

/** A page or list of hawkBit's, and what was asked for it. */
export interface HawkbitList<T> {
  readonly items: T[];
  readonly asked: string;
}

/** The questions that the collector has for hawkBit's Management API. It only ever reads. */
export interface HawkbitClient {
  /** Rollouts that a query in hawkBit's query language selects, newest first, at most `limit` of them. */
  rollouts(options: {
    query: string;
    limit: number;
    signal: AbortSignal;
  }): Promise<HawkbitList<HawkbitRollout>>;
  /** Groups of a rollout in the order in which they are carried out, at most `limit` of them. */
  groups(options: {
    rolloutId: number;
    limit: number;
    signal: AbortSignal;
  }): Promise<HawkbitList<HawkbitGroup>>;
}

/** A client over HTTP. Every failure is a CollectorError. */
export function createHawkbitClient(http: JsonClient): HawkbitClient {
  /** Asks for page after page until `limit` items are there, the system has no more, or a page brings nothing. */
  async function list<T>(options: {
    path: string[];
    parameters: Record<string, string>;
    schema: z.ZodType<{ content: T[]; total: number }>;
    limit: number;
    signal: AbortSignal;
  }): Promise<HawkbitList<T>> {
    const { path, parameters, schema, limit, signal } = options;
    const items: T[] = [];
    let asked = '';
    for (;;) {
      const answer = await http.ask({
        path: ['rest', 'v1', ...path],
        parameters: {
          ...parameters,
          representation: 'full',
          offset: items.length,
          limit: Math.min(pageSize, limit - items.length),
        },
        signal,
      });
      if (items.length === 0) asked = answer.asked;
      const page = readAnswer(answer, schema, 'hawkBit');
      items.push(...page.content);
      const isWhole = items.length >= Math.min(limit, page.total);
      if (isWhole) return { items: items.slice(0, limit), asked };
      if (page.content.length === 0)
        throw new CollectorError(
          'partial-answer',
          `hawkBit says there are ${page.total} and shows only ${items.length}: ${answer.asked}`,
        );
    }
  }

  return {
    rollouts: ({ query, limit, signal }) =>
      list({
        path: ['rollouts'],
        parameters: { q: query, sort: 'id:DESC' },
        schema: rolloutPageSchema,
        limit,
        signal,
      }),
    groups: ({ rolloutId, limit, signal }) =>
      list({
        path: ['rollouts', String(rolloutId), 'deploygroups'],
        parameters: { sort: 'id:ASC' },
        schema: groupPageSchema,
        limit,
        signal,
      }),
  };
}
