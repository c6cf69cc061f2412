import {
  evidencePushPermission,
  quarantineReadPermission,
  quarantineResolvePermission,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { AuditorService, LoggerService } from '@backstage/backend-plugin-api';
import { InputError, NotAllowedError } from '@backstage/errors';
import { JsonObject } from '@backstage/types';
import { Request } from 'express';
import { EvidenceIntake } from '../ledger';
import { Access, AsOf, Binder, Caller, machineOf, withCode } from '../platform';
import { parseJson } from './arrivals';
import { readBody } from './body';
import { eventOf, isBinaryMode } from './core/binaryMode';
import { storable } from './core/given';
import { IntakeService } from './IntakeService';
import { asItWas, QuarantineAnswers, quarantinedOf } from './QuarantineAnswers';
import { noSuchItem, QuarantineService, Resolver } from './QuarantineService';
import { IntakeSettings } from './settings';
import { takeStream } from './streamRoute';
import { Arrival, ReadArrival, Sender } from './types';

const maxItems = 1000;

const structuredTypes = [
  'application/json',
  'application/cloudevents+json',
  'application/cloudevents-batch+json',
];
const streamType = 'application/x-ndjson';

function remedyOf(caller: Caller): string {
  return caller.isUser
    ? 'Usually its owner holds it.'
    : `List it among the subjects of the machine ${machineOf(
        caller,
      )} in aiAssurance.machines.`;
}

/** Somebody who calls the API, and what they may. Each subject is asked about once. */
export function callerSender(caller: Caller, access: Access): Sender {
  const rights = new Map<string, Promise<boolean>>();
  let somewhere: Promise<boolean> | undefined;
  return {
    origin: 'http',
    caller: caller.ref,
    isAnswered: true,
    remedy: remedyOf(caller),
    mayPush(subject) {
      let right = rights.get(subject);
      if (!right) {
        // A stream may name any number of subjects.
        if (rights.size >= 10_000) rights.clear();
        right = access.mayOn(caller, evidencePushPermission, subject);
        rights.set(subject, right);
      }
      return right;
    },
    maySomewhere() {
      somewhere ??= access.maySomewhere(caller, evidencePushPermission);
      return somewhere;
    },
  };
}

function mediaTypeOf(request: Request): string {
  const header = request.get('content-type') ?? '';
  // As nearly everyone writes it.
  if (structuredTypes.includes(header)) return header;
  const [mediaType, ...parameters] = header
    .toLocaleLowerCase('en-US')
    .split(';')
    .map(part => part.trim());
  const charset = parameters
    .find(parameter => parameter.startsWith('charset='))
    ?.slice('charset='.length)
    .replace(/"/g, '');
  const isUtf8 =
    charset === undefined || ['utf-8', 'utf8', 'us-ascii'].includes(charset);
  const isRead =
    structuredTypes.includes(mediaType) || mediaType === streamType;
  if (!isUtf8 || !isRead) {
    throw withCode(
      new InputError(
        `Content-Type: ${
          header || 'none'
        } is not read here. Send ${structuredTypes.join(
          ', ',
        )} or ${streamType}, in UTF-8; in binary mode the data is application/json.`,
      ),
      'UNSUPPORTED_MEDIA_TYPE',
    );
  }
  return mediaType;
}

/** The items of a request that is no stream. Many of them are read in a thread of their own, where that can be done. */
async function arrivalsOf(
  request: Request,
  bytes: Buffer,
  intake: Pick<EvidenceIntake, 'readList'>,
): Promise<(Arrival | ReadArrival)[]> {
  const isBinary =
    isBinaryMode(request.headers) &&
    !(request.get('content-type') ?? '').includes('cloudevents');
  const outcomes = isBinary ? undefined : await intake.readList(bytes);
  if (outcomes) {
    requireFew(outcomes.length);
    let values: unknown[] | undefined;
    const valueAt = (index: number) => {
      values ??= JSON.parse(bytes.toString('utf8')) as unknown[];
      return { value: values[index] };
    };
    return outcomes.map((read, index) =>
      read ? { read, again: () => valueAt(index) } : valueAt(index),
    );
  }
  const body = parseJson(bytes);
  if (isBinary) {
    if ('value' in body)
      return [{ value: eventOf(request.headers, body.value) }];
    return [body];
  }
  if (!('value' in body) || !Array.isArray(body.value)) return [body];
  const { value: values } = body;
  if (values.length === 0) {
    throw withCode(
      new InputError('body: the batch is empty. Send at least one event.'),
      'EMPTY_BATCH',
    );
  }
  requireFew(values.length);
  return values.map(value => ({ value }));
}

function requireFew(itemCount: number): void {
  if (itemCount <= maxItems) return;
  throw withCode(
    new InputError(
      `body: the batch holds ${itemCount} events, ${maxItems} are allowed. Send several, or a stream of lines (${streamType}).`,
    ),
    'TOO_MANY_ITEMS',
  );
}

/** Binds the ways in over HTTP for those who sign in, and the quarantine. */
export function registerIntakeRoutes(
  binder: Binder,
  access: Access,
  deps: {
    service: IntakeService;
    /** What reads many items at once. */
    intake: Pick<EvidenceIntake, 'readLines' | 'readList'>;
    quarantine: QuarantineService;
    answers: QuarantineAnswers;
    settings: IntakeSettings;
    logger: LoggerService;
    auditor: AuditorService;
  },
): void {
  const { service, quarantine, answers, settings } = deps;

  binder.raw('pushEvidence', async ({ caller, request, response }) => {
    const sender = callerSender(caller, access);
    // Before anything is read: who may push nothing costs nothing, and fills no quarantine.
    if (!(await sender.maySomewhere())) {
      throw withCode(
        new NotAllowedError(
          `You need the permission ${
            evidencePushPermission.name
          } on the subject of the evidence: usually its owner holds it${
            caller.isUser
              ? ''
              : `; list the machine ${machineOf(
                  caller,
                )} with its subjects in aiAssurance.machines`
          }.`,
        ),
        'NOT_ALLOWED',
      );
    }
    if (mediaTypeOf(request) === streamType) {
      await takeStream(request, response, {
        ...deps,
        sender,
        ledger: deps.intake,
      });
      return;
    }
    const bytes = await readBody(request, settings.maxBodyBytes);
    const arrivals = await arrivalsOf(request, bytes, deps.intake);
    const result = await service.push(arrivals, sender);
    // What express adds to JSON is for answers that a client keeps: nobody keeps this one, and the tag costs a hash.
    response.setHeader('content-type', 'application/json; charset=utf-8');
    response.end(JSON.stringify(result));
  });

  const resolverOf = (caller: Caller): Resolver => ({
    ref: caller.ref,
    isUser: caller.isUser,
    mayResolve: subject =>
      subject === undefined
        ? access.mayEverywhere(caller, quarantineResolvePermission)
        : access.mayOn(caller, quarantineResolvePermission, subject),
  });
  /** Who may resolve nothing at all does not learn what there is. */
  const requireResolver = async (caller: Caller): Promise<Resolver> => {
    if (await access.maySomewhere(caller, quarantineResolvePermission))
      return resolverOf(caller);
    throw withCode(
      new NotAllowedError(
        `You need the permission ${quarantineResolvePermission.name} on the subject of the item: usually its owner holds it.`,
      ),
      'NOT_ALLOWED',
    );
  };

  /** For the page, in words; `undefined`: the caller may. Nothing is resolved in the past. */
  const whyNotResolve = async (
    caller: Caller,
    subject: string | null,
    asOf: AsOf | undefined,
  ): Promise<string | undefined> => {
    if (asOf)
      return 'This is what was known then. Go back to now to resolve it.';
    if (await resolverOf(caller).mayResolve(subject ?? undefined))
      return undefined;
    return subject
      ? `You need the permission ${
          quarantineResolvePermission.name
        } on ${storable(subject, 200)}: usually its owner holds it.`
      : `It names no subject: only who holds ${quarantineResolvePermission.name} on everything may resolve it, usually an administrator.`;
  };

  binder.json('listQuarantine', async ({ query, caller, asOf }) => {
    await access.require(caller, quarantineReadPermission);
    asOf?.limit('quarantine-of-today');
    return answers.list(query, asOf);
  });

  binder.json('getQuarantined', async ({ params, caller, asOf }) => {
    await access.require(caller, quarantineReadPermission);
    asOf?.limit('quarantine-of-today');
    const row = await answers.byId(params.quarantineId);
    if (!row || (asOf && row.received_at_ms > asOf.atMs))
      throw noSuchItem(params.quarantineId);
    const shown = asOf ? asItWas(row, asOf) : row;
    const whyNot = await whyNotResolve(caller, row.subject, asOf);
    return {
      ...quarantinedOf(shown),
      ...(row.content === null
        ? {}
        : { text: row.content, encoding: row.encoding }),
      mayResolve: whyNot === undefined,
      mayNotResolveReason: whyNot,
    };
  });

  /** Tells Backstage's audit log who resolved what, also when it failed. */
  const audited = async <T>(
    eventId: string,
    request: Request,
    meta: JsonObject,
    work: () => Promise<T>,
  ): Promise<T> => {
    const event = await deps.auditor.createEvent({
      eventId,
      request,
      severityLevel: 'medium',
      meta,
    });
    try {
      const result = await work();
      await event.success();
      return result;
    } catch (error) {
      await event.fail({ error: error as Error });
      throw error;
    }
  };

  binder.json('replayQuarantined', async ({ params, body, caller, request }) =>
    audited('quarantine-replay', request, params, async () =>
      quarantine.replay(
        params.quarantineId,
        body.rowVersion,
        await requireResolver(caller),
      ),
    ),
  );

  binder.json('replayAllQuarantined', async ({ body, caller, request }) =>
    audited('quarantine-replay', request, { code: body.code }, async () =>
      quarantine.replayAll(body, await requireResolver(caller)),
    ),
  );

  binder.json('discardQuarantined', async ({ params, body, caller, request }) =>
    audited('quarantine-discard', request, params, async () =>
      quarantine.discard(
        params.quarantineId,
        body,
        await requireResolver(caller),
      ),
    ),
  );
}
