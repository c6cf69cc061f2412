import {
  evidencePushPermission,
  incidentManagePermission,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { createAccess, Caller } from './http';
import { readMachines } from './machines';

const model = 'resource:default/digit-reader';
const owned = 'resource:default/owned-by-vision';

const entities = {
  get: async (ref: string) =>
    ref === owned ? { ownerRef: 'group:default/vision-team' } : undefined,
};

function machinesOf(list: object[]) {
  return readMachines(
    new ConfigReader({ aiAssurance: { machines: list } }),
    entities,
  );
}

const machines = machinesOf([
  { subject: 'by-name', contributor: { subjects: [model.toUpperCase()] } },
  {
    subject: 'by-owner',
    contributor: { ownedBy: ['group:default/vision-team'] },
  },
  { subject: 'by-all', contributor: { subjects: ['*'] } },
  { subject: 'by-nothing' },
]);

function callerOf(subject: string): Caller {
  return {
    credentials: mockCredentials.service(subject),
    ref: `service:${subject}`,
    isUser: false,
  };
}

describe('machines', () => {
  it.each<[string, boolean, boolean, boolean, boolean, boolean]>([
    // subject, on the model, on what the team owns, on the unknown, somewhere, everywhere
    ['by-name', true, false, false, true, false],
    ['by-owner', false, true, false, true, false],
    ['by-all', true, true, true, true, true],
    ['by-nothing', false, false, false, false, false],
    ['not-listed', false, false, false, false, false],
    ['service:by-all', false, false, false, false, false],
  ])(
    'are kept to what is listed for them: %s',
    async (subject, onModel, onOwned, onUnknown, somewhere, everywhere) => {
      const access = createAccess(
        mockServices.permissions({ result: AuthorizeResult.ALLOW }),
        machines,
      );
      const caller = callerOf(subject);
      const mayOn = (ref: string) =>
        access.mayOn(caller, evidencePushPermission, ref);
      expect([
        await mayOn(model),
        await mayOn(owned),
        await mayOn('resource:default/unknown'),
        await access.maySomewhere(caller, evidencePushPermission),
        await access.mayEverywhere(caller, evidencePushPermission),
      ]).toEqual([onModel, onOwned, onUnknown, somewhere, everywhere]);
    },
  );

  it('are told which permission they lack', async () => {
    const access = createAccess(
      mockServices.permissions({ result: AuthorizeResult.ALLOW }),
      machines,
    );
    await expect(
      access.requireOn(callerOf('by-name'), evidencePushPermission, owned),
    ).rejects.toMatchObject({
      name: 'NotAllowedError',
      message: expect.stringContaining('ai-assurance.evidence.push'),
    });
  });

  it('gain nothing over the access restrictions of their token', async () => {
    const access = createAccess(
      mockServices.permissions({ result: AuthorizeResult.DENY }),
      machines,
    );
    const caller = callerOf('by-all');
    expect([
      await access.mayOn(caller, evidencePushPermission, model),
      await access.maySomewhere(caller, evidencePushPermission),
      await access.mayEverywhere(caller, evidencePushPermission),
    ]).toEqual([false, false, false]);
  });

  it('and people are answered about several permissions on one entity with one question', async () => {
    const asked: string[][] = [];
    const access = createAccess(
      mockServices.permissions.mock({
        authorize: async requests => {
          asked.push(requests.map(({ permission }) => permission.name));
          return requests.map(({ permission }) => ({
            result:
              permission.name === evidencePushPermission.name
                ? AuthorizeResult.ALLOW
                : AuthorizeResult.DENY,
          }));
        },
      }),
      machines,
    );
    const questions = [incidentManagePermission, evidencePushPermission];
    const person = {
      credentials: mockCredentials.user('user:default/mira'),
      ref: 'user:default/mira',
      isUser: true,
    };
    expect([
      await access.mayEachOn(person, questions, model),
      await access.mayEachOn(callerOf('by-name'), questions, model),
      await access.mayEachOn(callerOf('by-name'), questions, owned),
    ]).toEqual([
      [false, true],
      [false, true],
      [false, false],
    ]);
    expect(asked).toEqual(
      Array(3).fill(questions.map(permission => permission.name)),
    );
  });

  it('do not stand in the way of people', async () => {
    const access = createAccess(
      mockServices.permissions({ result: AuthorizeResult.ALLOW }),
      machines,
    );
    const caller = {
      credentials: mockCredentials.user('user:default/mira'),
      ref: 'user:default/mira',
      isUser: true,
    };
    expect([
      await access.mayOn(caller, evidencePushPermission, model),
      await access.mayEverywhere(caller, evidencePushPermission),
    ]).toEqual([true, true]);
  });

  it.each<[string, object[], RegExp]>([
    [
      'the same machine twice',
      [{ subject: 'ci' }, { subject: 'ci' }],
      /lists ci twice/,
    ],
    [
      'a name that is no entity reference',
      [{ subject: 'ci', contributor: { subjects: ['digit-reader'] } }],
      /contributor\.subjects holds "digit-reader"/,
    ],
    [
      'everything owned by everybody',
      [{ subject: 'ci', contributor: { ownedBy: ['*'] } }],
      /contributor\.ownedBy holds "\*"/,
    ],
  ])('are not read from a list with %s', (_what, list, message) => {
    expect(() => machinesOf(list)).toThrow(message);
  });
});
