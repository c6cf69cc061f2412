import { createTestDatabases } from '@ai-assurance/test-kit';
import {
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import aiAssurancePlugin from '../..';

// A database is made and migrated, and a backend started.
jest.setTimeout(60_000);

const base = '/api/ai-assurance';
const digest = `sha256:${'a'.repeat(64)}`;
const model = 'resource:default/reader';

/**
 * PostgreSQL refuses NUL in text, and fractions and large numbers where it expects a bigint. Each of these once came back
 * as an internal error; the caller has to be told what to mend instead.
 */
describe('a value that PostgreSQL cannot take', () => {
  const databases = createTestDatabases();
  const directory = mkdtempSync(join(tmpdir(), 'ai-assurance-values-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  it.each(databases.eachSupportedId())(
    'is refused by the name of its field, %p',
    async databaseId => {
      const knex = await databases.init(databaseId);
      const { server } = await startTestBackend({
        features: [
          aiAssurancePlugin,
          catalogServiceMock.factory({
            entities: [
              {
                apiVersion: 'backstage.io/v1alpha1',
                kind: 'Resource',
                metadata: { name: 'reader', namespace: 'default' },
                spec: { type: 'ai-model' },
              },
            ],
          }),
          createServiceFactory({
            service: coreServices.database,
            deps: {},
            factory: () =>
              mockServices.database({ knex, migrations: { skip: false } }),
          }),
          createServiceFactory({
            service: signalsServiceRef,
            deps: {},
            factory: () => ({ publish: async () => {} }),
          }),
          mockServices.rootConfig.factory({
            data: {
              aiAssurance: {
                ledger: { signingKeyFile: join(directory, databaseId) },
                audit: { directory: join(directory, 'packs') },
              },
            },
          }),
        ],
      });
      const send = async (
        method: 'get' | 'post',
        path: string,
        body?: object,
      ): Promise<string> => {
        const call = request(server)
          [method](base + path)
          .set('authorization', mockCredentials.user.header());
        const answer = await (body ? call.send(body) : call);
        return `${answer.status} ${answer.body.error?.message.split(':')[0]}`;
      };
      const propose = (reason: string) =>
        send('post', '/releases', {
          modelRef: model,
          version: '1',
          digest,
          cohorts: [],
          reason,
        });

      expect(await send('get', '/evidence?type=%00')).toBe('400 query.type');
      for (const number of ['1.5', '1e300', '-1e300', '99999999999999999999']) {
        expect(await send('get', `/evidence?fromMs=${number}`)).toBe(
          '400 query.fromMs',
        );
        expect(await send('get', `/evidence?toMs=${number}`)).toBe(
          '400 query.toMs',
        );
      }
      expect(await send('get', '/releases/%00')).toBe('400 path.releaseId');
      expect(
        await send('post', '/releases/%00/withdraw', { rowVersion: 1 }),
      ).toBe('400 path.releaseId');
      expect(await send('get', '/audit/packs/%00/file')).toBe(
        '400 path.packId',
      );
      expect(await propose('Faster\u0000')).toBe('400 body.reason');
      expect(await propose('Faster\ud800')).toBe('400 body.reason');
      // Lines and other scripts stay welcome: this one is judged on what it proposes.
      expect(await propose('Schneller.\nDeutlich schneller 🚀')).toBe(
        '400 No artifact evidence of resource',
      );
      expect(await send('get', '/releases/rel_unknown')).toBe(
        '404 There is no release rel_unknown.',
      );
    },
  );
});
