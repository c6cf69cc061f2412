import {
  assuranceReadPermission,
  objectiveCorrectPermission,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { NotAllowedError } from '@backstage/errors';
import { stringify } from 'yaml';
import { Access, Binder, Clock, withCode } from '../platform';
import { BurnWindowFile } from './core/burnWindows';
import { minuteMs } from './core/hours';
import { exportOpenSlo } from './core/openslo/export';
import { parseOpenSlo } from './core/openSlo';
import { exportRules } from './core/rules';
import { CorrectionService } from './CorrectionService';
import { SloEngine } from './engines';
import { SloStore } from './SloStore';
import { SloAnswers } from './types';

const refOf = (params: { kind: string; namespace: string; name: string }) =>
  `${params.kind}:${params.namespace}/${params.name}`.toLocaleLowerCase(
    'en-US',
  );

/** Documents one after the other, as YAML. */
const yamlOf = (documents: object[]) =>
  documents
    .map(document => stringify(document, { lineWidth: 0 }))
    .join('---\n');

export function registerSloRoutes(
  binder: Binder,
  access: Access,
  deps: {
    answers: SloAnswers;
    store: SloStore;
    corrections: CorrectionService;
    burnWindows: BurnWindowFile[];
    engines: SloEngine[];
    clock: Clock;
  },
): void {
  const { answers, store, corrections, burnWindows, engines } = deps;
  const engineNames = engines.map(engine => engine.name);

  binder.json('getObjectives', async ({ params, caller, asOf }) => {
    await access.require(caller, assuranceReadPermission);
    const subject = refOf(params);
    return {
      objectives: await answers.objectives(subject, asOf),
      problems: await answers.problems(subject, asOf),
      corrections: await answers.corrections(subject, asOf),
    };
  });

  /** Definitions of a subject, and what was lost when they were read. */
  const declared = async (subject: string, atMs: number | undefined) => {
    if (atMs === undefined) {
      const documents = await store.documents(subject);
      return {
        definitions: documents?.definitions ?? [],
        lost: documents?.lost ?? [],
      };
    }
    const then = await store.declaredAt(subject, atMs);
    return { definitions: then?.definitions ?? [], lost: [] };
  };

  binder.json('exportOpenSlo', async ({ params, caller, asOf }) => {
    await access.require(caller, assuranceReadPermission);
    asOf?.limit('objective-documents');
    const { definitions, lost } = await declared(refOf(params), asOf?.atMs);
    return { documents: yamlOf(exportOpenSlo(definitions)), lost };
  });

  binder.json('exportRules', async ({ params, caller, asOf }) => {
    await access.require(caller, assuranceReadPermission);
    asOf?.limit('objective-documents');
    const subject = refOf(params);
    const { definitions } = await declared(subject, asOf?.atMs);
    const { groups, lost } = exportRules(
      subject,
      definitions,
      burnWindows,
      name => engines.find(one => one.name === name)?.stepMs ?? minuteMs,
    );
    return { rules: yamlOf([{ groups }]), lost };
  });

  binder.json('checkOpenSlo', async ({ body, caller }) => {
    await access.require(caller, assuranceReadPermission);
    const { definitions, problems, lost } = parseOpenSlo(
      body.text,
      body.file,
      engineNames,
    );
    return {
      objectives: definitions.flatMap(definition =>
        definition.objectives.map(({ objectiveName, description }) => ({
          sloName: definition.sloName,
          objectiveName,
          description,
        })),
      ),
      problems,
      lost,
    };
  });

  binder.json('addCorrection', async ({ body, caller }) => {
    await access.requireOn(caller, objectiveCorrectPermission, body.subject);
    return corrections.add(body, caller.ref);
  });

  binder.json('withdrawCorrection', async ({ params, body, caller }) => {
    // Who may correct nothing learns not even which corrections there are.
    if (!(await access.maySomewhere(caller, objectiveCorrectPermission)))
      throw withCode(
        new NotAllowedError(
          `You need the permission ${objectiveCorrectPermission.name}: usually the owner of the entity holds it.`,
        ),
        'NOT_ALLOWED',
      );
    const correction = await corrections.get(params.correctionId);
    await access.requireOn(
      caller,
      objectiveCorrectPermission,
      correction.subject,
    );
    return corrections.withdraw(correction, caller.ref, body.reason);
  });
}
