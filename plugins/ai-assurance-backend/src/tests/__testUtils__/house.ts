import { countingIds, fixedClock, seededChance } from '@ai-assurance/test-kit';
import { EvidenceType, PayloadOf } from '@ai-assurance/evidence';
import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import { ConfigReader } from '@backstage/config';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import Router from 'express-promise-router';
import { Knex } from 'knex';
import { generateKeyPairSync } from 'node:crypto';
import { createCohorts } from '../../cohorts';
import { createLedger, EvidenceDraft } from '../../ledger';
import {
  Access,
  Binder,
  Caller,
  createAccess,
  createBinder,
  createOutbox,
  instantOf,
  openDatabase,
} from '../../platform';

export const startMs = 1_763_816_400_000;
export const minuteMs = 60_000;
export const dayMs = 86_400_000;

export const service = 'component:default/digit-api';
export const cloudModel = 'resource:default/digit-reader';
export const edgeModel = 'resource:default/digit-reader-edge';
export const lowEnd = 'resource:default/low-end-phones';
export const flagship = 'resource:default/flagship-phones';

export const digestA = `sha256:${'a'.repeat(64)}`;
export const digestB = `sha256:${'b'.repeat(64)}`;

/** Who is in which group, as in the demo. */
const groups: Record<string, string[]> = {
  'user:default/mira': ['group:default/vision-team'],
  'user:default/ada': ['group:default/model-risk'],
  'user:default/tomas': ['group:default/model-risk'],
  'user:default/sam': ['group:default/marketing'],
};

/** A person who is owner and approver at once: only the separation of duties stands in the way. */
groups['user:default/both'] = [
  'group:default/vision-team',
  'group:default/model-risk',
];

function entity(
  ref: string,
  type: string,
  spec: Record<string, unknown> = {},
  annotations: Record<string, string> = {},
): Entity {
  const [kind, name] = [ref.split(':')[0], ref.split('/')[1]];
  const targets = (spec.targetsCohorts as string[] | undefined) ?? [];
  const owner =
    spec.owner === undefined
      ? []
      : [{ type: 'ownedBy', targetRef: `group:default/${spec.owner}` }];
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: kind === 'component' ? 'Component' : 'Resource',
    metadata: { namespace: 'default', name, annotations },
    spec: { type, ...spec } as Entity['spec'],
    relations: [
      ...owner,
      ...targets.map(name_ => ({
        type: 'targetsCohort',
        targetRef: `resource:default/${name_}`,
      })),
    ],
  };
}

export const owner = 'vision-team';

export function entities(change: { riskTier?: string } = {}): Entity[] {
  const riskTier = change.riskTier ?? 'limited';
  return [
    entity(
      service,
      'ai-service',
      { owner, tier: 1, riskTier },
      { 'ai-assurance.io/slo': './slo.yaml' },
    ),
    entity(cloudModel, 'ai-model', { owner, riskTier }),
    entity(edgeModel, 'edge-model', {
      owner,
      riskTier,
      targetsCohorts: ['low-end-phones', 'flagship-phones'],
    }),
    entity(lowEnd, 'device-cohort', {
      owner,
      selector: { 'ai_assurance.device.class': ['low-end'] },
    }),
    entity(flagship, 'device-cohort', {
      owner,
      selector: { 'ai_assurance.device.class': ['flagship'] },
    }),
  ];
}

const signingKey = generateKeyPairSync('ed25519')
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

let evidenceCount = 0;

/** A database with the real lower rooms on it: catalog snapshot, outbox and ledger; clock and ids can be foretold. */
export async function openHouse(
  knex: Knex,
  options: { entities?: Entity[]; config?: object } = {},
) {
  const db = await openDatabase(
    mockServices.database({ knex, migrations: { skip: false } }),
  );
  const clock = fixedClock(startMs);
  const config = new ConfigReader({
    aiAssurance: { ledger: { signingKey }, ...options.config },
  });
  const logger = mockServices.logger.mock();
  const outbox = createOutbox(db, clock);
  const base = {
    db,
    clock,
    config,
    logger,
    outbox,
    chance: seededChance(),
    ids: countingIds(),
  };
  const catalog = catalogServiceMock({
    entities: options.entities ?? entities(),
  });
  const subjects = createCohorts({
    ...base,
    catalog,
    auth: mockServices.auth(),
  }).answers;
  const room = await createLedger(base);
  const userInfo = mockServices.userInfo.mock({
    async getUserInfo(credentials) {
      const { userEntityRef } = credentials.principal as {
        userEntityRef: string;
      };
      return {
        userEntityRef,
        ownershipEntityRefs: [userEntityRef, ...(groups[userEntityRef] ?? [])],
      };
    },
  });

  /** Records one item, as a pipeline would. */
  async function record<T extends EvidenceType>(
    type: T,
    subject: string,
    payload: PayloadOf<T>,
    envelope: Partial<EvidenceDraft['envelope']> = {},
  ): Promise<string> {
    evidenceCount += 1;
    const nowMs = clock.nowMs();
    const draft: EvidenceDraft = {
      type,
      source: '/tests',
      id: `item-${evidenceCount}`,
      subject,
      timeMs: nowMs,
      envelope: {
        sourceSystem: 'tests',
        collector: { id: 'tests', version: '1' },
        collectedAt: instantOf(nowMs),
        ...envelope,
      },
      payload,
    };
    const [{ evidenceId }] = await db.transaction(tx =>
      room.ledger.append(tx, [draft]),
    );
    return evidenceId;
  }

  /** Types of everything recorded about a subject, oldest first, without prefix and version. */
  async function recorded(subject: string): Promise<string[]> {
    const items = await room.answers.list({ subject, limit: 200 });
    return items.map(({ item }) => item.type.split('.')[2]).reverse();
  }

  /** Topics of the messages that wait to leave. */
  async function queued(): Promise<string[]> {
    return (await knex('outbox').orderBy('seq').select('topic')).map(
      ({ topic }) => topic,
    );
  }

  return {
    ...{ ...base, knex, subjects, userInfo, record, recorded, queued },
    ledger: room.ledger,
    ledgerAnswers: room.answers,
    ledgerRoom: room,
    verifierKey: room.verifierKey,
    fsck: room.fsck,
  };
}

export type House = Awaited<ReturnType<typeof openHouse>>;

/** The two things that every version needs before it is released. */
export async function recordVersion(
  house: House,
  modelRef: string,
  version: string,
  digest: string,
  intervalLow = 0.9,
): Promise<void> {
  await house.record('io.ai-assurance.artifact.v1', modelRef, {
    version,
    digest,
    sizeBytes: 1000,
    format: 'onnx',
  });
  await house.record(
    'io.ai-assurance.evaluation.v1',
    modelRef,
    {
      ...{
        metric: 'accuracy',
        value: 0.93,
        unit: 'ratio',
        intervalLow,
        intervalHigh: 0.95,
        intervalLevelRatio: 0.95,
      },
      ...{
        intervalMethod: 'wilson',
        totalCount: 2000,
        datasetId: 'mnist-held-out',
        datasetDigest: digestA,
      },
    },
    { subjectDigest: digest, sampleCount: 2000 },
  );
}

export const callerOf = (userRef: string): Caller => ({
  credentials: mockCredentials.user(userRef),
  ref: userRef,
  isUser: true,
});

export const machine: Caller = {
  credentials: mockCredentials.service('agent'),
  ref: 'service:agent',
  isUser: false,
};

/** Permission names by user; `name@ref` grants it on one entity only. */
export type Grants = Record<string, string[]>;

/** Serves rooms over the real HTTP stack. Who holds no grant is refused. */
export async function serve(
  rooms: { registerRoutes(binder: Binder, access: Access): void }[],
  grants: Grants,
) {
  const permissions = mockServices.permissions.mock({
    async authorize(requests, opts) {
      const { credentials } = opts as {
        credentials: { principal: { userEntityRef?: string } };
      };
      const held = grants[credentials.principal.userEntityRef ?? ''] ?? [];
      return requests.map(({ permission, resourceRef }) => ({
        result:
          held.includes(permission.name) ||
          held.includes(`${permission.name}@${resourceRef}`)
            ? AuthorizeResult.ALLOW
            : AuthorizeResult.DENY,
      }));
    },
  });
  const plugin = createBackendPlugin({
    pluginId: 'ai-assurance',
    register(env) {
      env.registerInit({
        deps: {
          httpAuth: coreServices.httpAuth,
          httpRouter: coreServices.httpRouter,
        },
        async init({ httpAuth, httpRouter }) {
          const router = Router();
          const binder = createBinder(router, httpAuth);
          for (const room of rooms)
            room.registerRoutes(binder, createAccess(permissions));
          httpRouter.use(router);
        },
      });
    },
  });
  return startTestBackend({ features: [plugin] });
}
