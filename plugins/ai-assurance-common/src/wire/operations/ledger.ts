import { z } from 'zod';
import * as wireShapes from '../shapes';
import { define, read } from './define';

const evidenceParams = z.object({ evidenceId: z.string().max(40) });
const size = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

/** What makes the log trustworthy to strangers: heads, keys, proofs, publication, checks and redaction. */
export const ledgerOperations = define({
  getHead: {
    method: 'get',
    path: '/ledger/head',
    summary: 'The latest signed head as a C2SP checkpoint',
    permissions: read,
    rawResponse: 'text/plain',
  },
  listHeads: {
    method: 'get',
    path: '/ledger/heads',
    summary: 'Signed heads, newest first',
    permissions: read,
    query: z.object({
      limit: z.coerce.number().int().min(1).max(200).default(50),
      cursor: z.string().max(20).optional(),
    }),
    response: z.object({
      heads: z.array(wireShapes.headSummaryShape),
      nextCursor: z.string().optional(),
    }),
  },
  getHeadOfSize: {
    method: 'get',
    path: '/ledger/heads/:size',
    summary:
      'The signed head of one size as a C2SP checkpoint, with the cosignatures of witnesses',
    permissions: read,
    params: z.object({ size }),
    rawResponse: 'text/plain',
  },
  getConsistency: {
    method: 'get',
    path: '/ledger/consistency',
    summary:
      'Proof that the log of one size continues the log of an earlier one (RFC 6962)',
    permissions: read,
    query: z.object({
      from: size.describe('Size of the head that you hold'),
      to: size.optional().describe('Later size; default: the newest head'),
    }),
    response: wireShapes.consistencyShape,
  },
  getProof: {
    method: 'get',
    path: '/evidence/:evidenceId/proof',
    summary: 'Inclusion proof of one item as a c2sp.org/tlog-proof@v1 file',
    permissions: read,
    params: evidenceParams,
    query: z.object({
      head: z
        .enum(['newest', 'cosigned'])
        .default('newest')
        .describe('cosigned: the newest head that a witness cosigned'),
    }),
    rawResponse: 'text/plain',
  },
  getLedgerKeys: {
    method: 'get',
    path: '/ledger/keys',
    summary: 'Every key that signed heads, oldest first, with its hand-over',
    permissions: read,
    response: z.object({ keys: z.array(wireShapes.ledgerKeyShape) }),
  },
  getLedgerStatus: {
    method: 'get',
    path: '/ledger/status',
    summary: 'How the ledger is: size, key, publications, newest check',
    permissions: read,
    response: wireShapes.ledgerStatusShape,
  },
  checkLedger: {
    method: 'post',
    path: '/ledger/check',
    summary:
      'Derive the whole ledger again from its stored bytes, and name the first wrong row',
    permissions: ['ai-assurance.ledger.check'],
    response: wireShapes.ledgerCheckShape,
  },
  redactEvidence: {
    method: 'post',
    path: '/evidence/:evidenceId/redaction',
    summary:
      'Erase payload and salt of one item for good; its leaf and every proof stay',
    permissions: ['ai-assurance.evidence.redact'],
    params: evidenceParams,
    body: z
      .object({
        reasonCode: wireShapes.labelSchema.describe(
          'What was wrong with keeping it, for example personal-data',
        ),
        reason: wireShapes.reason,
      })
      .strict(),
    response: wireShapes.redactionShape,
  },
});
