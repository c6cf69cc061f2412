import { Writer } from 'protobufjs/minimal';

/** Media types of OTLP over HTTP. */
export type OtlpFormat = 'protobuf' | 'json';

/** What an accepted request is answered with: how many of its points or log records were refused, and why. */
export interface ExportAnswer {
  rejected: number;
  /** Empty when nothing was refused. */
  message: string;
}

/** Numbers of `google.rpc.Code` that are used here. */
export const RPC_CODES = {
  invalidArgument: 3,
  permissionDenied: 7,
  resourceExhausted: 8,
  alreadyExists: 6,
  unavailable: 14,
} as const;

/**
 * An `ExportMetricsServiceResponse`, or that of logs, which differs only in its JSON name for what was refused. When
 * everything was accepted it is empty, as the protocol demands.
 */
export function encodeAnswer(
  format: OtlpFormat,
  answer: ExportAnswer,
  refusedMember:
    | 'rejectedDataPoints'
    | 'rejectedLogRecords' = 'rejectedDataPoints',
): Uint8Array | string {
  const complete = answer.rejected === 0 && answer.message === '';
  if (format === 'json') {
    // 64-bit integers are text in proto3 JSON.
    return complete
      ? '{}'
      : JSON.stringify({
          partialSuccess: {
            [refusedMember]: String(answer.rejected),
            errorMessage: answer.message,
          },
        });
  }
  const writer = Writer.create();
  if (!complete) {
    writer.uint32(10).fork();
    if (answer.rejected > 0) writer.uint32(8).int64(answer.rejected);
    if (answer.message) writer.uint32(18).string(answer.message);
    writer.ldelim();
  }
  return writer.finish();
}

/** A `google.rpc.Status`, the body of every refusal. */
export function encodeStatus(
  format: OtlpFormat,
  code: number,
  message: string,
): Uint8Array | string {
  if (format === 'json') return JSON.stringify({ code, message });
  return Writer.create()
    .uint32(8)
    .int32(code)
    .uint32(18)
    .string(message)
    .finish();
}
