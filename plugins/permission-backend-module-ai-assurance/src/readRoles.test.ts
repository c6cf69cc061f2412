import { ConfigReader } from '@backstage/config';
import { readRoles } from './readRoles';

const read = (roles: object) =>
  readRoles(new ConfigReader({ aiAssurance: { roles: roles as any } }));

describe('readRoles', () => {
  it('reads who holds which role, whatever the letter case', () => {
    expect(
      read({
        reader: ['group:default/vision-team'],
        administrator: ['User:default/Root'],
      }),
    ).toEqual({
      reader: ['group:default/vision-team'],
      administrator: ['user:default/root'],
    });
  });

  it('gives no role to anybody when nothing is configured', () => {
    expect(readRoles(new ConfigReader({}))).toEqual({});
  });

  it('refuses a role that does not exist', () => {
    expect(() => read({ aprover: ['group:default/model-risk'] })).toThrow(
      'aiAssurance.roles.aprover is no role. The roles are reader, contributor, approver, fleetOperator, auditor, administrator.',
    );
  });

  it.each([
    'model-risk',
    'group:model-risk',
    'component:default/digit-api',
    'group:default/',
    '',
  ])('refuses "%s" as holder of a role', ref => {
    expect(() => read({ approver: ['group:default/model-risk', ref] })).toThrow(
      'aiAssurance.roles.approver[1]',
    );
  });
});
