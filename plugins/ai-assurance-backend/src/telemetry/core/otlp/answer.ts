import { Writer } from 'protobufjs/minimal';

/** Media types of OTLP over HTTP. */
export type OtlpFormat = 'protobuf' | 'json';

/** What an accepted request is answered with: how many points were refused, and why. */
export interface ExportAnswer {
  rejectedPoints: number;
  /** Empty when nothing was refused. */
  message: string;
}

/** Numbers of `google.rpc.Code` that are used here. */
export const RPC_CODES = {
  invalidArgument: 3,
  permissionDenied: 7,
  resourceExhausted: 8,
  unavailable: 14,
} as const;

/** An `ExportMetricsServiceResponse`. When every point was accepted it is empty, as the protocol demands. */
export function encodeAnswer(
  format: OtlpFormat,
  answer: ExportAnswer,
): Uint8Array | string {
  const complete = answer.rejectedPoints === 0 && answer.message === '';
  if (format === 'json') {
    // 64-bit integers are text in proto3 JSON.
    return complete
      ? '{}'
      : JSON.stringify({
          partialSuccess: {
            rejectedDataPoints: String(answer.rejectedPoints),
            errorMessage: answer.message,
          },
        });
  }
  const writer = Writer.create();
  if (!complete) {
    writer.uint32(10).fork();
    if (answer.rejectedPoints > 0)
      writer.uint32(8).int64(answer.rejectedPoints);
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
