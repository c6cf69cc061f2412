import { CollectorError } from '../collector';
import { JsonAnswer } from './jsonClient';

/** Reads a value of unknown shape, and says where it does not fit. A schema of zod is one. @public */
export interface ValueSchema<T> {
  safeParse(value: unknown):
    | { readonly success: true; readonly data: T }
    | {
        readonly success: false;
        readonly error: {
          readonly issues: readonly { readonly path: readonly PropertyKey[] }[];
        };
      };
}

/**
 * An answer as the system documents it. Throws a {@link CollectorError} `malformed-answer` that names the system and the
 * place where the answer does not fit, and not what stood there: an answer may hold names of people and devices. Pure.
 * @public
 */
export function readAnswer<T>(
  answer: JsonAnswer,
  schema: ValueSchema<T>,
  systemName: string,
): T {
  const reading = schema.safeParse(answer.body);
  if (reading.success) return reading.data;
  const at = reading.error.issues[0].path.map(String).join('.');
  throw new CollectorError(
    'malformed-answer',
    `${systemName} answered otherwise than it documents, at “${at}”: ${answer.asked}`,
  );
}
