import { ConfigReader } from '@backstage/config';
import { CollectorSubject } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { benchCollector } from '@ai-assurance/backstage-plugin-ai-assurance-node/testUtils';
import { RegistryModel, standInMlflow } from './__testUtils__/mlflow';
import { createMlflowCollectors } from './createCollectors';

const nowMs = Date.parse('2026-11-22T13:00:00.000Z');
const subject: CollectorSubject = {
  entityRef: 'resource:default/digit-reader',
  kind: 'ai-model',
  annotations: { 'mlflow.org/registered-model': 'digit-reader' },
  spec: {},
};

const model: RegistryModel = {
  name: 'digit-reader',
  aliases: [
    { alias: 'champion', version: '20' },
    { alias: 'challenger', version: '30' },
  ],
  versions: [3, 2, 1].map(n => ({
    // Apart, so that another number is another version.
    version: String(10 * n),
    creation_timestamp: nowMs - n * 86_400_000,
    last_updated_timestamp: nowMs - n * 3_600_000,
    run_id: `${n}`.repeat(32),
    status: 'READY',
    tags: [
      { key: 'sha256', value: `${n}`.repeat(64) },
      { key: 'size', value: String(n * 1000) },
      { key: 'format', value: 'onnx' },
      { key: 'precision', value: 'int8' },
      { key: 'validation', value: 'passed' },
      { key: 'note', value: 'Anna said it is fine.' },
    ],
  })),
};

benchCollector('MLflow', {
  create: ({ baseUrl, credential }) =>
    createMlflowCollectors(
      new ConfigReader({
        aiAssurance: {
          mlflow: {
            baseUrl,
            auth: { type: 'basic', username: 'reader', password: credential },
            timeout: { seconds: 5 },
            maxAnswerBytes: 1_000_000,
            tags: {
              digest: 'sha256',
              sizeBytes: 'size',
              format: 'format',
              precision: 'precision',
              keep: ['validation'],
            },
          },
        },
      }),
    )[0],
  system: standInMlflow(() => [model], 2),
  subject,
  otherSubject: { ...subject, annotations: {} },
  nowMs,
  otherValues: { READY: 'FAILED_REGISTRATION' },
  constants: [
    '/registry',
    // One look knows of no look before.
    '/change',
    // The name is what was asked for; another one in the answer is refused.
    '/modelName',
    // The name of the tag is the config's; under another name it is another tag, and left out.
    '/tags/*/key',
  ],
  endless: request => {
    const page = Number(request.query.get('page_token') ?? 0);
    const answer = standInMlflow(() => [
      {
        ...model,
        versions: [0, 1].map(n => ({
          ...model.versions[0],
          version: String(page * 2 + n),
        })),
      },
    ])({ ...request, query: withoutToken(request.query) });
    return 'json' in answer && request.path.endsWith('/search')
      ? {
          json: {
            ...(answer.json as object),
            next_page_token: String(page + 1),
          },
        }
      : answer;
  },
});

function withoutToken(query: URLSearchParams): URLSearchParams {
  const copy = new URLSearchParams(query);
  copy.delete('page_token');
  return copy;
}
