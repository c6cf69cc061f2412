import { z } from 'zod';
import {
  digestSchema,
  entityRefSchema,
  evidenceItemSchema,
} from '@ai-assurance/evidence';
import * as wireShapes from './shapes';

/** How one operation looks on the wire. Validation, types and the OpenAPI document all come from it. @public */
export interface Operation {
  method: 'get' | 'post';
  /** Express path below `/api/ai-assurance`. */
  path: string;
  summary: string;
  /** Names of the permissions that the operation asks for, as documentation. */
  permissions: string[];
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Media types of the request body when it is not JSON of `body`. */
  rawBody?: string[];
  /** JSON answer; absent for raw answers. */
  response?: z.ZodType;
  /** Media type of a raw answer. */
  rawResponse?: string;
  status?: number;
}

const subjectParams = z.object({
  kind: z.string().max(63),
  namespace: z.string().max(63),
  name: z.string().max(63),
});

/** Ids that the server gave out; anything else would only reach the database to be refused there. */
const id = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9_-]+$/);

/** `rangeMinutes`: how far back charts reach from now; the server bounds the number of points. */
const rangeQuery = z.object({
  rangeMinutes: z.coerce.number().int().min(5).max(43_200).default(60),
});

const read = ['ai-assurance.assurance.read'];

const define = <T extends Record<string, Operation>>(operations: T): T =>
  operations;

/** Every JSON operation of `/api/ai-assurance`. @public */
export const operations = define({
  getOverview: {
    method: 'get',
    path: '/overview',
    summary: 'The portfolio: what needs attention, and all subjects',
    permissions: read,
    response: wireShapes.overviewShape,
  },
  getSubjectSummary: {
    method: 'get',
    path: '/subjects/:kind/:namespace/:name/summary',
    summary: 'The card of one subject',
    permissions: read,
    params: subjectParams,
    response: wireShapes.subjectSummaryShape,
  },
  getService: {
    method: 'get',
    path: '/subjects/:kind/:namespace/:name/service',
    summary: 'The page of one AI service',
    permissions: read,
    params: subjectParams,
    query: rangeQuery,
    response: wireShapes.serviceAnswerShape,
  },
  getModel: {
    method: 'get',
    path: '/subjects/:kind/:namespace/:name/model',
    summary: 'The page of one model',
    permissions: read,
    params: subjectParams,
    query: rangeQuery,
    response: wireShapes.modelAnswerShape,
  },
  getCohort: {
    method: 'get',
    path: '/subjects/:kind/:namespace/:name/cohort',
    summary: 'The page of one device cohort',
    permissions: read,
    params: subjectParams,
    query: rangeQuery,
    response: wireShapes.cohortAnswerShape,
  },
  listScorecards: {
    method: 'get',
    path: '/scorecards',
    summary: 'All scorecards with the verdicts of every subject in scope',
    permissions: read,
    response: z.object({ scorecards: z.array(wireShapes.scorecardBoardShape) }),
  },
  listReleases: {
    method: 'get',
    path: '/releases',
    summary: 'Releases, newest first',
    permissions: read,
    query: z.object({
      state: z.enum(wireShapes.RELEASE_STATES).optional(),
      modelRef: entityRefSchema.optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
      cursor: z.string().max(200).optional(),
    }),
    response: z.object({
      releases: z.array(wireShapes.releaseShape),
      nextCursor: z.string().optional(),
    }),
  },
  proposeRelease: {
    method: 'post',
    path: '/releases',
    summary: 'Propose a model version for cohorts',
    permissions: ['ai-assurance.release.propose'],
    body: z
      .object({
        modelRef: entityRefSchema,
        version: wireShapes.labelSchema,
        digest: digestSchema,
        cohorts: z.array(entityRefSchema).max(100),
        reason: wireShapes.reason,
      })
      .strict(),
    response: wireShapes.releaseShape,
    status: 201,
  },
  getRelease: {
    method: 'get',
    path: '/releases/:releaseId',
    summary: 'One release with its frozen verdicts and votes',
    permissions: read,
    params: z.object({ releaseId: id }),
    response: wireShapes.releaseShape,
  },
  voteOnRelease: {
    method: 'post',
    path: '/releases/:releaseId/votes',
    summary: 'Approve or reject a release',
    permissions: ['ai-assurance.release.vote'],
    params: z.object({ releaseId: id }),
    body: z
      .object({
        vote: z.enum(['approve', 'reject']),
        reason: wireShapes.reason,
        digest: digestSchema,
        rowVersion: z.int(),
      })
      .strict(),
    response: wireShapes.releaseShape,
  },
  withdrawRelease: {
    method: 'post',
    path: '/releases/:releaseId/withdraw',
    summary: 'Take back one’s own proposal',
    permissions: [...read, 'ai-assurance.release.propose'],
    params: z.object({ releaseId: id }),
    body: z.object({ rowVersion: z.int() }).strict(),
    response: wireShapes.releaseShape,
  },
  approveReference: {
    method: 'post',
    path: '/references',
    summary: 'Approve a past time range as the reference of a signal',
    permissions: ['ai-assurance.reference.approve'],
    body: z
      .object({
        subject: entityRefSchema,
        feature: wireShapes.labelSchema,
        fromMs: z.number().int(),
        toMs: z.number().int(),
        reason: wireShapes.reason,
      })
      .strict(),
    response: wireShapes.referenceShape,
    status: 201,
  },
  listReferences: {
    method: 'get',
    path: '/references',
    summary: 'Approved references of a subject, newest first',
    permissions: read,
    query: z.object({ subject: entityRefSchema }),
    response: z.object({ references: z.array(wireShapes.referenceShape) }),
  },
  pushEvidence: {
    method: 'post',
    path: '/evidence',
    summary:
      'Push evidence: one CloudEvent or a batch of up to 1,000, answered item by item',
    permissions: ['ai-assurance.evidence.push'],
    body: z.union([
      z.array(z.unknown()).max(1000),
      z.record(z.string(), z.unknown()),
    ]),
    response: wireShapes.ingestResultShape,
  },
  listEvidence: {
    method: 'get',
    path: '/evidence',
    summary: 'Evidence, newest first',
    permissions: read,
    query: z.object({
      subject: entityRefSchema.optional(),
      type: z
        .string()
        .max(100)
        .regex(/^[a-z0-9.-]+$/)
        .optional(),
      fromMs: z.coerce.number().int().optional(),
      toMs: z.coerce.number().int().optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
      cursor: z.string().max(200).optional(),
    }),
    response: z.object({
      items: z.array(wireShapes.evidenceSummaryShape),
      nextCursor: z.string().optional(),
    }),
  },
  getEvidence: {
    method: 'get',
    path: '/evidence/:evidenceId',
    summary: 'One item with its inclusion proof',
    permissions: read,
    params: z.object({ evidenceId: z.string().max(40) }),
    response: wireShapes.evidenceDetailShape,
  },
  getHead: {
    method: 'get',
    path: '/ledger/head',
    summary: 'The latest signed head as a C2SP checkpoint',
    permissions: read,
    rawResponse: 'text/plain',
  },
  listPacks: {
    method: 'get',
    path: '/audit/packs',
    summary: 'Exported packs, newest first',
    permissions: read,
    response: z.object({ packs: z.array(wireShapes.packShape) }),
  },
  createPack: {
    method: 'post',
    path: '/audit/packs',
    summary: 'Export the evidence of one subject and period',
    permissions: ['ai-assurance.pack.export'],
    body: z
      .object({
        subject: entityRefSchema,
        periodStartMs: z.number().int(),
        periodEndMs: z.number().int(),
      })
      .strict(),
    response: wireShapes.packShape,
    status: 201,
  },
  downloadPack: {
    method: 'get',
    path: '/audit/packs/:packId/file',
    summary: 'The pack itself',
    permissions: ['ai-assurance.pack.export'],
    params: z.object({ packId: id }),
    rawResponse: 'application/zip',
  },
  pushMetrics: {
    method: 'post',
    path: '/otlp/v1/metrics',
    summary: 'OTLP/HTTP metrics, protobuf or JSON',
    permissions: ['ai-assurance.telemetry.write'],
    rawBody: ['application/x-protobuf', 'application/json'],
    rawResponse: 'application/x-protobuf',
  },
} satisfies Record<string, Operation>);

/** @public */
export type OperationName = keyof typeof operations;

/** Helper of the types below. @public */
export type ShapeOf<T> = T extends z.ZodType ? z.output<T> : undefined;
/** Helper of the types below. @public */
export type InputOf<T> = T extends z.ZodType ? z.input<T> : undefined;
/** Helper of the types below. @public */
export type Field<T, K extends string> = T extends Record<K, infer V>
  ? V
  : undefined;

/** Parsed path parameters of an operation. @public */
export type ParamsOf<N extends OperationName> = ShapeOf<
  Field<(typeof operations)[N], 'params'>
>;
/** Parsed query of an operation. @public */
export type QueryOf<N extends OperationName> = ShapeOf<
  Field<(typeof operations)[N], 'query'>
>;
/** What a caller may send as query. @public */
export type QueryInputOf<N extends OperationName> = InputOf<
  Field<(typeof operations)[N], 'query'>
>;
/** Body of an operation. @public */
export type BodyOf<N extends OperationName> = ShapeOf<
  Field<(typeof operations)[N], 'body'>
>;
/** JSON answer of an operation. @public */
export type AnswerOf<N extends OperationName> = ShapeOf<
  Field<(typeof operations)[N], 'response'>
>;

/** One item of evidence on the wire. @public */
export { evidenceItemSchema };
