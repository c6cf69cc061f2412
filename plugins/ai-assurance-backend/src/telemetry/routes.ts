import { telemetryWritePermission } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { NotAllowedError, ServiceUnavailableError } from '@backstage/errors';
import { Response } from 'express';
import { Access, Binder } from '../platform';
import { BodyRefusal, readBody } from './body';
import {
  encodeAnswer,
  encodeStatus,
  OtlpFormat,
  RPC_CODES,
} from './core/otlp/answer';
import { TelemetrySettings } from './settings';
import { TelemetryService, UnreadableBody } from './TelemetryService';

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

/** Which status and RPC code a failure is told with; `undefined` for a failure of our own. */
function refusalOf(
  error: unknown,
): { status: number; code: number } | undefined {
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
  if (error instanceof ServiceUnavailableError)
    return { status: 503, code: RPC_CODES.unavailable };
  return undefined;
}

export function registerTelemetryRoutes(
  binder: Binder,
  access: Access,
  deps: { service: TelemetryService; settings: TelemetrySettings },
): void {
  binder.raw('pushMetrics', async ({ request, response, caller }) => {
    const format = formatOf(request.headers['content-type']);
    try {
      await access.require(caller, telemetryWritePermission);
      if (!format) {
        throw new BodyRefusal(
          415,
          `Send ${mediaTypes.protobuf} or ${mediaTypes.json}, not ${
            request.headers['content-type'] ?? 'a body without a type'
          }.`,
        );
      }
      const body = await readBody(request, deps.settings.maxBodyBytes);
      const answer = await deps.service.receive(body, format);
      send(response, 200, format, encodeAnswer(format, answer));
    } catch (error) {
      const refusal = refusalOf(error);
      if (!refusal) throw error;
      // OTLP senders read a google.rpc.Status in their own encoding; 503 is the one that they try again.
      if (refusal.status === 503) response.setHeader('retry-after', '10');
      send(
        response,
        refusal.status,
        format ?? 'json',
        encodeStatus(format ?? 'json', refusal.code, (error as Error).message),
      );
    }
  });
}
