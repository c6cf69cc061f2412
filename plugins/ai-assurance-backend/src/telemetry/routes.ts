import {
  evidencePushPermission,
  telemetryWritePermission,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { LoggerService } from '@backstage/backend-plugin-api';
import {
  ConflictError,
  NotAllowedError,
  ServiceUnavailableError,
} from '@backstage/errors';
import { Request, Response } from 'express';
import { Access, Binder, Call, isStoreAway, withCode } from '../platform';
import { Admission, Busy, Lease } from './admission';
import { BodyRefusal, readBody } from './body';
import {
  encodeAnswer,
  encodeStatus,
  ExportAnswer,
  OtlpFormat,
  RPC_CODES,
} from './core/otlp/answer';
import { TelemetrySettings } from './settings';
import { EvaluationLogs } from './EvaluationLogs';
import { UnreadableBody } from './readable';
import { TelemetryService } from './TelemetryService';

const mediaTypes: Record<OtlpFormat, string> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

function formatOf(contentType: string | undefined): OtlpFormat | undefined {
  const mediaType = (contentType ?? '')
    .split(';')[0]
    .trim()
    .toLocaleLowerCase('en-US');
  if (mediaType === mediaTypes.protobuf) return 'protobuf';
  return mediaType === mediaTypes.json ? 'json' : undefined;
}

function send(
  response: Response,
  status: number,
  format: OtlpFormat,
  body: Uint8Array | string,
): void {
  // Written past express, which would add a charset to the media type and hash the body for an ETag.
  response.status(status).setHeader('content-type', mediaTypes[format]);
  response.end(body);
}

/** How a failure is told to the sender; `undefined` for a failure of our own. */
interface Told {
  status: number;
  code: number;
  /** When to try again, in seconds: a sender of OTLP tries again after 429 and 503 alone. */
  retryAfterSeconds?: number;
  message?: string;
}

function toldOf(error: unknown): Told | undefined {
  if (error instanceof BodyRefusal) {
    return {
      status: error.status,
      code:
        error.status === 413
          ? RPC_CODES.resourceExhausted
          : RPC_CODES.invalidArgument,
    };
  }
  if (error instanceof UnreadableBody)
    return { status: 400, code: RPC_CODES.invalidArgument };
  if (error instanceof NotAllowedError)
    return { status: 403, code: RPC_CODES.permissionDenied };
  if (error instanceof ConflictError)
    return { status: 409, code: RPC_CODES.alreadyExists };
  if (error instanceof Busy)
    return {
      status: 429,
      code: RPC_CODES.resourceExhausted,
      retryAfterSeconds: 1,
    };
  if (error instanceof ServiceUnavailableError)
    return { status: 503, code: RPC_CODES.unavailable, retryAfterSeconds: 10 };
  if (isStoreAway(error))
    return {
      status: 503,
      code: RPC_CODES.unavailable,
      retryAfterSeconds: 5,
      message:
        'The database cannot be written just now, so nothing of this was taken. Send it again later.',
    };
  return undefined;
}

/** Header by which a sender names a batch, so that sending it again does nothing. */
export const BATCH_ID_HEADER = 'idempotency-key';
const batchIdPattern = /^[\x21-\x7e]{1,200}$/;

function batchIdOf(request: Request): string | undefined {
  const batchId = request.get(BATCH_ID_HEADER);
  if (batchId !== undefined && !batchIdPattern.test(batchId)) {
    throw new BodyRefusal(
      400,
      `The header ${BATCH_ID_HEADER} must be 1 to 200 printable ASCII characters without spaces.`,
    );
  }
  return batchId;
}

/** Binds the OTLP routes. What is answered with 200 is committed; what is answered otherwise was not taken at all. */
export function registerTelemetryRoutes(
  binder: Binder,
  access: Access,
  deps: {
    service: TelemetryService;
    /** Without it logs are not taken. */
    logs: EvaluationLogs | undefined;
    settings: TelemetrySettings;
    logger: LoggerService;
  },
): void {
  const { service, logs, settings, logger } = deps;
  const admission = new Admission({
    maxRequests: settings.maxWaitingRequests,
    maxBytes: settings.maxWaitingBytes,
  });

  const take = async (
    { request, response }: Pick<Call<any>, 'request' | 'response'>,
    refusedMember: 'rejectedDataPoints' | 'rejectedLogRecords',
    authorise: () => Promise<void>,
    receive: (body: Buffer, format: OtlpFormat) => Promise<ExportAnswer>,
  ) => {
    const format = formatOf(request.headers['content-type']);
    let lease: Lease | undefined;
    try {
      await authorise();
      if (!format) {
        throw new BodyRefusal(
          415,
          `Send ${mediaTypes.protobuf} or ${mediaTypes.json}, not ${
            request.headers['content-type'] ?? 'a body without a type'
          }.`,
        );
      }
      lease = admission.enter();
      const body = await readBody(request, settings.maxBodyBytes, lease);
      const answer = await receive(body, format);
      send(response, 200, format, encodeAnswer(format, answer, refusedMember));
    } catch (error) {
      const told = toldOf(error);
      if (!told) throw error;
      if (told.message) logger.warn(`Telemetry could not be written: ${error}`);
      // OTLP senders read a google.rpc.Status in their own encoding.
      if (told.retryAfterSeconds)
        response.setHeader('retry-after', String(told.retryAfterSeconds));
      send(
        response,
        told.status,
        format ?? 'json',
        encodeStatus(
          format ?? 'json',
          told.code,
          told.message ?? (error as Error).message,
        ),
      );
    } finally {
      lease?.release();
    }
  };

  binder.raw('pushMetrics', call =>
    take(
      call,
      'rejectedDataPoints',
      () => access.require(call.caller, telemetryWritePermission),
      (body, format) =>
        service.receive(body, format, {
          caller: call.caller.ref,
          reaches: ref => access.reaches(call.caller, ref),
          batchId: batchIdOf(call.request),
        }),
    ),
  );

  if (!logs) return;
  binder.raw('pushLogs', call =>
    take(
      call,
      'rejectedLogRecords',
      async () => {
        // Each subject is asked about once it is known; who may push about none is not read.
        if (!(await access.maySomewhere(call.caller, evidencePushPermission)))
          throw withCode(
            new NotAllowedError(
              `You need the permission ${evidencePushPermission.name} on the subject of the evaluations: usually its owner holds it. A machine is listed with its subjects in aiAssurance.machines.`,
            ),
            'NOT_ALLOWED',
          );
      },
      (body, format) => logs.receive(body, format, call.caller, access),
    ),
  );
}
