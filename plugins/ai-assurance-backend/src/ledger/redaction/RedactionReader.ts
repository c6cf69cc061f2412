import { PayloadOf } from '@ai-assurance/evidence';
import { Redaction } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Knex } from 'knex';
import { readBigint } from '../../platform';
import { ItemRow, RedactionRow } from '../tables';

/** Who erased the payload of an item, when and why; `undefined` when nobody did. */
export async function redactionOf(
  from: Knex,
  position: number,
): Promise<Redaction | undefined> {
  const row = await from<RedactionRow>('ledger_redaction')
    .where('ledger_redaction.position', position)
    .first();
  if (!row) return undefined;
  const redactionPosition = readBigint(row.redaction_position);
  const evidence = await from<ItemRow>('ledger_item')
    .select('ledger_item.payload', 'ledger_item.recorded_at_ms')
    .where('ledger_item.position', redactionPosition)
    .first();
  if (!evidence)
    throw new Error(
      `The ledger lacks the evidence ${redactionPosition} of the redaction of ${position}. Run the check of the ledger.`,
    );
  const { because } = JSON.parse(
    evidence.payload,
  ) as PayloadOf<'io.ai-assurance.redaction.v1'>;
  return {
    evidenceId: String(redactionPosition),
    cause: because.cause,
    redactedAtMs: readBigint(evidence.recorded_at_ms),
    ...(because.cause === 'request'
      ? {
          reasonCode: because.reasonCode,
          reason: because.reason,
          redactedBy: because.redactedBy,
        }
      : { ruleId: because.ruleId }),
  };
}

/** Positions of the redactions of these items, by the item. */
export async function redactionPositions(
  from: Knex,
  positions: number[],
): Promise<Map<number, number>> {
  if (positions.length === 0) return new Map();
  const rows: RedactionRow[] = await from<RedactionRow>(
    'ledger_redaction',
  ).whereIn('ledger_redaction.position', positions);
  return new Map(
    rows.map(row => [
      readBigint(row.position),
      readBigint(row.redaction_position),
    ]),
  );
}
